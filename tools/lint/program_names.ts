/** Programs whose names are written small, even where a sentence begins. */
export const programNames =
  "bash|curl|deno|etcd|git|go|helm|kubectl|kube-apiserver|kwok|mca|node|npm|npx|openssl|python|python3";
