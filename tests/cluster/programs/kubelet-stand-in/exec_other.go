//go:build !linux

package main

import "os/exec"

// dieWithParent can be done on Linux alone; elsewhere a command ends when its streams do.
func dieWithParent(*exec.Cmd) {}
