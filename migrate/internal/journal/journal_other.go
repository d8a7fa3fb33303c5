// SPDX-License-Identifier: Apache-2.0

//go:build !unix

package journal

import "io/fs"

// unixModes says that the permissions of a file tell who may write to it.
const unixModes = false

// foreignOwner knows of no owners: the cache folder is that of the user alone.
func foreignOwner(fs.FileInfo) (uid uint32, foreign bool) { return 0, false }

// ownerOf returns nil: files are not given away.
func ownerOf(fs.FileInfo) *fileOwner { return nil }
