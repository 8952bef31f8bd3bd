package main

import (
	"log"
	"os"
	"os/exec"
	"regexp"
	"strings"
)

type program struct {
	name, file, version string
	// Name → type as pflag writes it; 'type[=]' may stand without a value; '' is not known.
	flags map[string]string
	// 'gates', 'plugins', 'controllers' → names.
	lists map[string][]string
}

var (
	versionSaid = regexp.MustCompile(`(?m)^(?:Kubernetes v|etcd Version: )(\d+\.\d+\.\d+)`)
	// pflag's FlagUsagesWrapped
	listed = regexp.MustCompile(`(?m)^ +(?:-(\w), )?--([a-z0-9][\w.-]*)(?: (\S+))?(?: {2,}|$)`)
	// etcd server/etcdmain/help.go
	listedByEtcd = regexp.MustCompile(`(?m)^ {2}--([a-z0-9][\w-]*)(?: |$)`)
	gate         = regexp.MustCompile(`(?m)^\s+(?:\w+:)?(\w+)=true\|false \(`)
	plugins      = regexp.MustCompile(`--enable-admission-plugins .*?Comma-delimited list of admission plugins: ([\w, ]+)\.`)
	controllers  = regexp.MustCompile(`(?m)^\s+All controllers: ([a-z0-9, -]+)$`)
)

func read(name, file string) *program {
	p := &program{name: name, file: file, flags: map[string]string{}, lists: map[string][]string{}}
	version := versionSaid.FindStringSubmatch(p.ask("--version"))
	if version == nil {
		log.Fatalf("%s does not say its version", file)
	}
	p.version = version[1]
	help := p.ask("--help")
	for _, found := range gate.FindAllStringSubmatch(help, -1) {
		p.lists["gates"] = append(p.lists["gates"], found[1])
	}
	if name == "etcd" {
		for _, found := range listedByEtcd.FindAllStringSubmatch(help, -1) {
			p.flags[found[1]] = p.typeOf(found[1])
		}
		return p
	}
	for _, found := range listed.FindAllStringSubmatch(help, -1) {
		kind := found[3]
		if kind == "" {
			kind = "bool"
		} else if strings.Contains(kind, "[=") {
			kind = strings.SplitN(kind, "[", 2)[0] + "[=]"
		}
		p.flags[found[2]] = kind
		if found[1] != "" {
			p.flags[found[1]] = kind
		}
	}
	for list, expression := range map[string]*regexp.Regexp{"plugins": plugins, "controllers": controllers} {
		if found := expression.FindStringSubmatch(help); found != nil {
			p.lists[list] = strings.Split(found[1], ", ")
		}
	}
	return p
}

// Those of the names that --help does not list, and that are known all the same.
func (p *program) askFor(names map[string]bool) {
	for name := range names {
		if _, known := p.flags[name]; known {
			continue
		}
		said := p.ask("--"+name+"=", p.ends())
		if strings.Contains(said, "unknown flag: --"+name) || strings.Contains(said, "flag provided but not defined: -"+name) {
			continue
		}
		p.flags[name] = p.typeOf(name)
	}
}

// With it behind the flag that is asked for, nothing starts.
func (p *program) ends() string {
	if p.name == "etcd" {
		return "--version"
	}
	return "--help"
}

// By what it says of values that are none.
func (p *program) typeOf(name string) string {
	if name == "feature-gates" {
		return "mapStringBool"
	}
	takes := func(value string) bool { return !refused.MatchString(p.ask("--"+name+"="+value, p.ends())) }
	bare := !strings.Contains(p.ask(p.ends(), "--"+name), "flag needs an argument")
	said := p.ask("--"+name+"=no-such-value", p.ends())
	switch {
	case !refused.MatchString(said):
		if bare {
			return "[=]"
		}
		// text, or a list of it
		return ""
	case strings.Contains(said, "boolean value") || strings.Contains(said, "ParseBool"):
		return "bool"
	case strings.Contains(said, "URL scheme") || strings.Contains(said, "missing protocol scheme") || strings.Contains(said, "url"):
		return "urls"
	case takes("1s") && !takes("1"):
		return "duration"
	case takes("1.5"):
		return "float"
	case takes("-1"):
		return "int"
	case takes("1"):
		return "uint"
	}
	return ""
}

var refused = regexp.MustCompile(`invalid (boolean )?(value|argument)`)

func (p *program) ask(words ...string) string {
	command := exec.Command(p.file, words...)
	directory, err := os.MkdirTemp("", "programs-")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(directory)
	command.Dir = directory
	// that it ends with an error is an answer, too
	said, _ := command.CombinedOutput()
	return string(said)
}
