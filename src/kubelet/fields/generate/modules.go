package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// A module as the go command has it in its cache.
type module struct {
	Path, Version, Dir, Sum, Error string
}

// modules by "path@version".
type modules map[string]module

// staging gives the version that the modules of a Kubernetes release have: 1.37.2 is v0.37.2.
func staging(version string) string { return "v0" + strings.TrimPrefix(version, "1") }

func typeModules(version string) []string {
	v := staging(version)
	return []string{"k8s.io/kubelet@" + v, "k8s.io/component-base@" + v, "k8s.io/api@" + v}
}

func otherModules(version string) []string {
	v := staging(version)
	return []string{"k8s.io/kubernetes@v" + version, "k8s.io/apiserver@" + v, "k8s.io/apiextensions-apiserver@" + v, "k8s.io/client-go@" + v, "k8s.io/controller-manager@" + v}
}

func download(paths []string) modules {
	cmd := exec.Command("go", append([]string{"mod", "download", "-json"}, paths...)...)
	cmd.Dir = os.TempDir() // outside of any module: each is taken at the version asked for
	cmd.Stderr = os.Stderr
	out, runErr := cmd.Output()
	found := modules{}
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var m module
		if err := dec.Decode(&m); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			fail("go mod download: %v", err)
		}
		if m.Error != "" {
			fail("%s@%s: %s", m.Path, m.Version, m.Error)
		}
		found[m.Path+"@"+m.Version] = m
	}
	if runErr != nil {
		fail("go mod download: %v", runErr)
	}
	return found
}

func (m modules) dir(path, version string) string {
	found, ok := m[path+"@"+version]
	if !ok {
		fail("%s@%s was not downloaded", path, version)
	}
	return found.Dir
}

// parseFiles parses the Go files that a pattern names, tests left out.
func parseFiles(pattern string) []*ast.File {
	paths, err := filepath.Glob(pattern)
	if err != nil {
		fail("%v", err)
	}
	var files []*ast.File
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			fail("%v", err)
		}
		files = append(files, file)
	}
	return files
}

func exists(path string) bool {
	_, err := os.Stat(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		fail("%v", err)
	}
	return err == nil
}
