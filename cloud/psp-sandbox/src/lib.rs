//! A bank to develop against: API Pix over real HTTP, with faults on demand.
