module mca/bench/reverse_proxy

go 1.24
