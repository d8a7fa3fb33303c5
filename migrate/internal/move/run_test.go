// SPDX-License-Identifier: Apache-2.0

package move

import (
	"go/token"
	"go/types"
	"testing"

	"github.com/ot2otel/ot2otel/migrate/internal/source"
)

// Errors of one package hold what moves there, each part by one reason, and nothing elsewhere.
func TestBlame(t *testing.T) {
	fset := token.NewFileSet()
	var units []*source.Unit
	var moves []*Move
	fileOf := make(map[string]*token.File)
	for _, name := range []string{"/m/orders/orders_test.go", "/m/prices/prices_test.go"} {
		fileOf[name] = fset.AddFile(name, -1, 100)
		u := &source.Unit{Path: "example.com" + name}
		u.Files = []*source.File{{Name: name, Unit: u}}
		units = append(units, u)
		p := &Part{}
		p.Want(true)
		for offset := range 3 { // three places of one part
			moves = append(moves, &Move{File: u.Files[0], Pos: fileOf[name].Pos(offset), Part: p})
		}
	}
	rw := &Run{Code: &source.Code{Fset: fset, Units: units}, Moves: moves, with: "the twin"}
	broken := fileOf["/m/orders/orders_test.go"]
	problem := func(offset int) types.Error {
		return types.Error{Fset: fset, Pos: broken.Pos(offset), Msg: "no such method"}
	}
	if !rw.Blame([]types.Error{problem(10), problem(20), problem(30)}) {
		t.Error("nothing is blamed")
	}
	if held := moves[0].Part.Held(); len(held) != 1 || held[0].Pos != moves[0].Pos {
		t.Errorf("the part of the errors is held by %v, want its first place once", held)
	}
	if held := moves[3].Part.Held(); len(held) > 0 {
		t.Errorf("a part of another package is held by %v", held)
	}
}
