#!/bin/sh
# train.sh RUN_FOLDER [options of train_nano.py]: with the settings without which the training is many times slower.
export OMP_NUM_THREADS=1 OMP_WAIT_POLICY=PASSIVE GOMP_SPINCOUNT=0 BLIS_NUM_THREADS=1   # no thread waits in a loop
export MALLOC_ARENA_MAX=1 MALLOC_MMAP_THRESHOLD_=8000000000 MALLOC_TRIM_THRESHOLD_=8000000000 MALLOC_TOP_PAD_=268435456   # memory stays mapped
export GLIBC_TUNABLES=glibc.malloc.hugetlb=1 LANG=C.UTF-8
exec python3 -u "$(dirname "$0")/train_nano.py" "$@"
