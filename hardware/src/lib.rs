//! The traits of a dock and the docks that implement them.
