package main

type demoCmd struct{}

func (demoCmd) Run(e *env) error { return nil }

type roleCmd struct{}

func (roleCmd) Run(e *env) error { return nil }
