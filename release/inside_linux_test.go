package main

import (
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/stretchr/testify/require"
)

// inside runs the image's entrypoint with its environment, user and folder in an unpacked image, and gives all that it said.
func inside(t *testing.T, i v1.Image, root string, args ...string) string {
	t.Helper()
	config, err := i.ConfigFile()
	require.NoError(t, err)
	user, group, _ := strings.Cut(config.Config.User, ":")
	uid, err := strconv.ParseUint(user, 10, 32)
	require.NoError(t, err)
	gid, err := strconv.ParseUint(group, 10, 32)
	require.NoError(t, err)
	cmd := &exec.Cmd{
		Path: config.Config.Entrypoint[0],
		Args: append(config.Config.Entrypoint[:1:1], args...),
		Env:  config.Config.Env,
		Dir:  config.Config.WorkingDir,
		SysProcAttr: &syscall.SysProcAttr{
			Chroot:     root,
			Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)},
		},
	}
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
	return string(out)
}
