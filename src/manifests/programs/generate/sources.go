package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

var (
	marked = regexp.MustCompile(`Mark(?:Deprecated|Hidden|ShorthandDeprecated)\("([a-z0-9][a-z0-9-]*)"`)
	// fs.StringVar(&cfg.ec.Dir, "data-dir"
	named = regexp.MustCompile(`\bfs\.(?:\w*Var|Bool|String|Int|Uint|Duration)\((?:[^"\n]*, *)?"([a-z0-9][a-z0-9-]*)"`)
)

// Names of flags that --help may hide, from all versions of the modules that are there.
func namesInSources(name, modules string) map[string]bool {
	patterns, expression := []string{"k8s.io/kubernetes@*/cmd", "k8s.io/kubernetes@*/pkg", "k8s.io/component-base@*", "k8s.io/apiserver@*", "k8s.io/cloud-provider@*", "k8s.io/controller-manager@*"}, marked
	if name == "etcd" {
		patterns, expression = []string{"go.etcd.io/etcd/server/v3@*/etcdmain", "go.etcd.io/etcd/server/v3@*/embed"}, named
	}
	names := map[string]bool{}
	for _, pattern := range patterns {
		directories, _ := filepath.Glob(filepath.Join(modules, pattern))
		for _, directory := range directories {
			_ = filepath.WalkDir(directory, func(path string, entry fs.DirEntry, err error) error {
				if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
					return nil
				}
				text, _ := os.ReadFile(path)
				for _, found := range expression.FindAllStringSubmatch(string(text), -1) {
					names[found[1]] = true
				}
				return nil
			})
		}
	}
	return names
}
