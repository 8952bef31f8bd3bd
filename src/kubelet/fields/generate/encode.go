package main

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
)

// object writes JSON with its keys in the order given.
type object struct {
	keys   []string
	values []any
}

func (o *object) set(key string, value any) *object {
	o.keys, o.values = append(o.keys, key), append(o.values, value)
	return o
}

func (o *object) MarshalJSON() ([]byte, error) {
	var out bytes.Buffer
	out.WriteByte('{')
	for i, key := range o.keys {
		if i > 0 {
			out.WriteByte(',')
		}
		out.Write(compact(key))
		out.WriteByte(':')
		out.Write(compact(o.values[i]))
	}
	out.WriteByte('}')
	return out.Bytes(), nil
}

func compact(value any) []byte {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(value); err != nil {
		fail("%v", err)
	}
	return bytes.TrimSpace(out.Bytes())
}

// encode writes one field and one gate a line. What goes without saying is left out: the Go type that has the name of
// its kind, and the oldest minor as the first.
func (s *schema) encode() []byte {
	var out bytes.Buffer
	out.WriteString("{\n")
	out.WriteString(`"minor":` + string(compact(s.minor)) + ",\n" + `"version":` + string(compact(s.version)) + ",\n")
	lines(&out, "modules", s.modules, func(m string) (string, any) {
		path, sum, _ := strings.Cut(m, " ")
		return path, sum
	})
	out.WriteString(",\n\"structures\":{\n")
	var names []string
	for name := range s.structures {
		names = append(names, name)
	}
	slices.Sort(names)
	for i, name := range names {
		if i > 0 {
			out.WriteString(",\n")
		}
		lines(&out, name, s.structures[name], func(f *field) (string, any) { return f.Name, f.encode() })
	}
	out.WriteString("\n},\n")
	lines(&out, "gates", s.gates, func(g gate) (string, any) { return g.Name, g.encode() })
	out.WriteString("\n}\n")
	return out.Bytes()
}

func lines[T any](out *bytes.Buffer, name string, items []T, entry func(T) (string, any)) {
	out.Write(compact(name))
	out.WriteString(":{")
	for i, item := range items {
		key, value := entry(item)
		if i > 0 {
			out.WriteByte(',')
		}
		out.WriteString("\n")
		out.Write(compact(key))
		out.WriteByte(':')
		out.Write(compact(value))
	}
	out.WriteString("\n}")
}

func (t *fieldType) encode() *object {
	o := (&object{}).set("kind", t.Kind)
	if t.Go != t.Kind {
		o.set("go", t.Go)
	}
	if t.Integer != "" && t.Integer != strings.TrimPrefix(t.Go, "*") {
		o.set("integer", t.Integer)
	}
	if t.Structure != "" {
		o.set("structure", t.Structure)
	}
	if t.Element != nil {
		o.set("element", t.Element.encode())
	}
	if t.Values != nil {
		o.set("values", t.Values)
	}
	if t.Named != nil {
		o.set("named", t.Named)
	}
	return o
}

func (f *field) encode() *object {
	o := f.fieldType.encode()
	if f.Default != nil {
		o.set("default", f.Default)
	}
	if f.Gate != "" {
		o.set("gate", f.Gate)
	}
	if f.Flag != "" {
		o.set("flag", f.Flag)
	}
	if f.Since != releases[0].minor {
		o.set("since", f.Since)
	}
	return o
}

func (g gate) encode() *object {
	o := (&object{}).set("stage", g.Stage).set("default", g.Default)
	if g.Locked {
		o.set("locked", true)
	}
	if g.Needs != nil {
		o.set("needs", g.Needs)
	}
	return o
}

// encodeDocs writes, for each field, its text from the minors on in which it changed.
func encodeDocs(schemas []*schema) []byte {
	texts := map[string][][2]string{}
	for _, s := range schemas {
		for _, f := range s.all() {
			known := texts[f.path]
			if len(known) == 0 || known[len(known)-1][1] != f.doc {
				texts[f.path] = append(known, [2]string{s.minor, f.doc})
			}
		}
	}
	var paths []string
	for path := range texts {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	var out bytes.Buffer
	out.WriteString("{")
	for i, path := range paths {
		if i > 0 {
			out.WriteByte(',')
		}
		out.WriteString("\n")
		out.Write(compact(path))
		out.WriteByte(':')
		out.Write(compact(texts[path]))
	}
	out.WriteString("\n}\n")
	return out.Bytes()
}
