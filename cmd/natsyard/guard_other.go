//go:build !linux

package main

import "syscall"

// endsWithThis is for kernels that can end a process with the one that began it.
func endsWithThis() *syscall.SysProcAttr { return nil }
