//! The language both sides of Volta speak: ids, money, time, events, chain, grants, sync.
