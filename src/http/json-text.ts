// JSON that is text already.

/** The JSON text of a `T`; the type is for whoever reads the declaration. */
export type JsonText<T> = string & { readonly jsonOf?: T };
