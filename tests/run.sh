#!/bin/sh
# run.sh SCRIPT PROGRAM: run a whole-program test in a fresh folder, with $CELLFREE set.
set -eu
script=$1
CELLFREE=$(realpath "$2")
folder=$(mktemp -d)
CELLFREE_RUNS=$folder/runs.sqlite
export CELLFREE CELLFREE_RUNS
trap 'rm -rf "$folder"' EXIT INT TERM
cd "$folder"
sh -eu "$script"
