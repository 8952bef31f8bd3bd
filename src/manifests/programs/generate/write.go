package main

import (
	"bytes"
	"encoding/json"
	"log"
	"os"
	"slices"
	"strconv"
	"strings"
)

type data struct {
	Versions    []string          `json:"versions"`
	Flags       map[string]string `json:"flags"`
	Gates       map[string]string `json:"gates,omitempty"`
	Plugins     map[string]string `json:"plugins,omitempty"`
	Controllers map[string]string `json:"controllers,omitempty"`
}

func write(file string, all []*program) {
	out := data{Flags: map[string]string{}}
	lists := map[string]map[string]string{"gates": {}, "plugins": {}, "controllers": {}}
	for _, one := range all {
		out.Versions = append(out.Versions, one.version)
	}
	ranges(all, out.Flags, func(p *program) map[string]string { return p.flags })
	for list, into := range lists {
		ranges(all, into, func(p *program) map[string]string {
			names := map[string]string{}
			for _, name := range p.lists[list] {
				names[name] = ""
			}
			return names
		})
	}
	out.Gates, out.Plugins, out.Controllers = lists["gates"], lists["plugins"], lists["controllers"]
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", " ")
	if err := encoder.Encode(out); err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile(file, text.Bytes(), 0o644); err != nil {
		log.Fatal(err)
	}
}

// 'TYPE' for all versions; 'TYPE 1.30.4..1.34.4' for some; several with '|' between them.
func ranges(all []*program, into map[string]string, of func(*program) map[string]string) {
	names := map[string]bool{}
	for _, one := range all {
		for name := range of(one) {
			names[name] = true
		}
	}
	for name := range names {
		var parts []string
		for i := 0; i < len(all); {
			kind, known := of(all[i])[name]
			last := i
			for last+1 < len(all) {
				next, also := of(all[last+1])[name]
				if also != known || next != kind {
					break
				}
				last++
			}
			if known && i == 0 && last == len(all)-1 {
				parts = append(parts, kind)
			} else if known {
				parts = append(parts, kind+" "+all[i].version+".."+all[last].version)
			}
			i = last + 1
		}
		into[name] = strings.Join(parts, "|")
	}
}

func compareVersions(a, b string) int {
	numbers := func(version string) []int {
		var all []int
		for _, part := range strings.Split(version, ".") {
			number, _ := strconv.Atoi(part)
			all = append(all, number)
		}
		return all
	}
	return slices.Compare(numbers(a), numbers(b))
}
