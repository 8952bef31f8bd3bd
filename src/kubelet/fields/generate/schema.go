package main

import (
	"slices"
	"strings"
)

// schema is the configuration of one release.
type schema struct {
	minor, version string
	modules        []string
	structures     map[string][]*field
	gates          []gate
}

type field struct {
	goName string
	Name   string
	fieldType
	Default any
	Gate    string
	Since   string
	Flag    string
	doc     string
	path    string
}

// fieldType has the names of field-set.ts.
type fieldType struct {
	Kind      string
	Go        string
	Integer   string
	Structure string
	Element   *fieldType
	Values    []string
	Named     []string
}

const root = "KubeletConfiguration"

func (s *schema) setPaths(structure, prefix string) {
	for _, f := range s.structures[structure] {
		f.path = prefix + f.Name
		t, path := &f.fieldType, f.path
		for t.Element != nil {
			if t.Kind == "list" {
				path += "[]"
			}
			t = t.Element
		}
		if t.Structure != "" {
			s.setPaths(t.Structure, path+".")
		}
	}
}

func (s *schema) all() []*field {
	var fields []*field
	for _, f := range s.structures {
		fields = append(fields, f...)
	}
	slices.SortFunc(fields, func(a, b *field) int { return strings.Compare(a.path, b.path) })
	return fields
}

// find gives a field by its path; nil where there is none.
func (s *schema) find(path string) *field {
	for _, f := range s.all() {
		if f.path == path {
			return f
		}
	}
	return nil
}

// markSince gives each field the first of the minors that has it, and stops where one was taken away and came back.
func markSince(schemas []*schema) {
	first := map[string]string{}
	for _, s := range schemas {
		for _, f := range s.all() {
			if first[f.path] == "" {
				first[f.path] = s.minor
			}
			f.Since = first[f.path]
		}
	}
}
