/** How a parser read a stream of messages: what all parsers here are compared by. */

/** One whole message. */
export interface ReadMessage {
  /** The method; empty for a response. */
  readonly method: string;
  /** The request target as it came; empty for a response. */
  readonly target: string;
  /** The status code; 0 for a request. */
  readonly status: number;
  /** The body without the chunked coding, one character for each octet. */
  readonly body: string;
}

/** How a stream was read. */
export interface Reading {
  readonly messages: readonly ReadMessage[];
  readonly rest:
    /** It ends behind a message. */
    | "nothing"
    /** It ends within a message. */
    | "incomplete"
    /** It goes on with what is no message. */
    | "malformed"
    /** It goes on in another protocol. */
    | "upgraded";
}
