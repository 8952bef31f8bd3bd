module kcfg/programs

go 1.22
