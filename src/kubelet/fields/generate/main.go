// Makes data/1.NN.json and data/docs.json: what the kubelet of each minor knows of its configuration, read from the
// source of the published Go modules. Nothing is compiled and nothing is guessed: where the source has a shape that
// is not known here, the run stops.
//
//	go run . [-out DIR] [1.NN ...]      without minors: all of them, and the docs
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// The releases that are read. Exact, because the list that a module proxy gives may be partial.
var releases = []struct{ minor, version string }{
	{"1.28", "1.28.15"},
	{"1.29", "1.29.14"},
	{"1.30", "1.30.14"},
	{"1.31", "1.31.14"},
	{"1.32", "1.32.13"},
	{"1.33", "1.33.13"},
	{"1.34", "1.34.4"},
	{"1.35", "1.35.4"},
	{"1.36", "1.36.3"},
	{"1.37", "1.37.2"},
}

func main() {
	out := flag.String("out", filepath.Join("..", "data"), "directory to write to")
	flag.Parse()
	wanted := flag.Args()
	for _, minor := range wanted {
		if !slices.ContainsFunc(releases, func(r struct{ minor, version string }) bool { return r.minor == minor }) {
			fail("no release of %s is pinned", minor)
		}
	}
	all := len(wanted) == 0

	// Types of every minor are read in any case: since when a field is there takes all of them.
	var need []string
	for _, r := range releases {
		need = append(need, typeModules(r.version)...)
		if all || slices.Contains(wanted, r.minor) {
			need = append(need, otherModules(r.version)...)
		}
	}
	modules := download(need)
	var schemas []*schema
	for _, r := range releases {
		schemas = append(schemas, readTypes(r.minor, r.version, modules))
	}
	markSince(schemas)
	for _, s := range schemas {
		if !all && !slices.Contains(wanted, s.minor) {
			continue
		}
		s.addDefaults(modules)
		s.addFlags(modules)
		s.addGates(modules)
		s.addValues(modules)
		for _, path := range append(typeModules(s.version), otherModules(s.version)...) {
			s.modules = append(s.modules, path+" "+modules[path].Sum)
		}
		slices.Sort(s.modules)
		write(filepath.Join(*out, s.minor+".json"), s.encode())
	}
	if all {
		write(filepath.Join(*out, "docs.json"), encodeDocs(schemas))
	}
}

func write(path string, text []byte) {
	if err := os.WriteFile(path, text, 0o644); err != nil {
		fail("%v", err)
	}
}

func fail(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "generate: "+format+"\n", args...)
	os.Exit(1)
}
