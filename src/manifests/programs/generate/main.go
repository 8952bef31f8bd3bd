// Command generate writes what each program of a control plane knows (../data/PROGRAM.json), version by version: its flags
// with their types, the names that some of them take. It asks the programs themselves: --help lists most flags; those that
// are deprecated or hidden are asked for by name.
//
//	npm run generate:programs -- [-modules GOMODCACHE] BUILD...
//
// BUILD is a directory that has kube-apiserver, kube-controller-manager and kube-scheduler, or etcd.
package main

import (
	"flag"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

var programs = []string{"kube-apiserver", "kube-controller-manager", "kube-scheduler", "etcd"}

func main() {
	modules := flag.String("modules", "", "Go's module cache: names of flags are looked for in the sources that are there")
	out := flag.String("out", "../data", "")
	flag.Parse()
	if flag.NArg() == 0 {
		log.Fatal("which builds? npm run generate:programs -- DIRECTORY...")
	}
	if *modules == "" {
		said, err := exec.Command("go", "env", "GOMODCACHE").Output()
		if err != nil {
			log.Fatal(err)
		}
		*modules = strings.TrimSpace(string(said))
	}
	for _, name := range programs {
		all := built(name, flag.Args())
		if len(all) == 0 {
			log.Fatalf("none of the builds has %s", name)
		}
		names := namesInSources(name, *modules)
		for _, one := range all {
			for flag := range one.flags {
				names[flag] = true
			}
		}
		for _, one := range all {
			one.askFor(names)
		}
		write(filepath.Join(*out, name+".json"), all)
	}
}

// The builds that have the program, the oldest first.
func built(name string, builds []string) []*program {
	var all []*program
	for _, directory := range builds {
		file := filepath.Join(directory, name)
		if _, err := os.Stat(file); err == nil {
			all = append(all, read(name, file))
		}
	}
	slices.SortFunc(all, func(a, b *program) int { return compareVersions(a.version, b.version) })
	return all
}
