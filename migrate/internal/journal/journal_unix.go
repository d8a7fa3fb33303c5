// SPDX-License-Identifier: Apache-2.0

//go:build unix

package journal

import (
	"io/fs"
	"os"
	"syscall"
)

// unixModes says that the permissions of a file tell who may write to it.
const unixModes = true

// foreignOwner returns the user whom a file belongs to, if that is neither this one nor
// root.
func foreignOwner(info fs.FileInfo) (uid uint32, foreign bool) {
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, false
	}
	return stat.Uid, stat.Uid != 0 && int(stat.Uid) != os.Geteuid()
}

// ownerOf returns whom a file belongs to, if the user may give files away.
func ownerOf(info fs.FileInfo) *fileOwner {
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok || os.Geteuid() != 0 {
		return nil
	}
	return &fileOwner{int(stat.Uid), int(stat.Gid)}
}
