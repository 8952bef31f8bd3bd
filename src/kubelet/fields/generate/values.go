package main

func (s *schema) addValues() {}
