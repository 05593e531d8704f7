//! The MQTT room from outside, over real sockets.

#[cfg(test)]
mod bare_broker;
#[cfg(test)]
mod external;
#[cfg(test)]
mod front;
#[cfg(test)]
mod peers;
#[cfg(test)]
mod rules;
