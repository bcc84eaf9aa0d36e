/**
 * Bounds on what a manifest may ask of memory and stack, so that hostile input
 * ends in an error. Every bound lies far above what an API server accepts.
 *
 * @module
 */

/**
 * Characters of one document: 16 Mi.
 *
 * etcd refuses requests above 1.5 MiB and kube-apiserver bodies above 3 MiB, so
 * no document that a cluster would take is near this; a List of many objects in
 * one document may reach 10 MB.
 */
export const MAX_DOCUMENT_LENGTH = 16 * 1024 * 1024;

/**
 * Levels of nested lists and maps: 200.
 *
 * The deepest built-in object, a Pod template in a List, needs about 20; a
 * CustomResourceDefinition's schema may need 60. The parser descends by
 * recursion, and this many levels fit any stack.
 */
export const MAX_DEPTH = 200;

/**
 * Nodes that aliases may add by standing for others: 100,000.
 *
 * kubectl's parser gives up at about 400,000; a manifest written by hand stays
 * below 1,000. Nine levels of nine aliases ("a billion laughs") need 10^9.
 */
export const MAX_ALIASED_NODES = 100_000;
