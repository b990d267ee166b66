package main

import "syscall"

// endsWithThis has the kernel end a process with the one that began it, even when that is killed.
func endsWithThis() *syscall.SysProcAttr { return &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM} }
