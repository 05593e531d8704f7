//! Lets a browser test kill the cloud and start it again, and asks the managers' site for a
//! technician's answer: one line of text a connection.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, Weak};
use system_tests::{CLOUD, System};

/// Serves until the process ends, and does not keep the system from ending; the port it answers on.
pub fn serve(system: &Arc<Mutex<System>>) -> u16 {
    let system = Arc::downgrade(system);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let port = listener.local_addr().expect("a bound socket").port();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            obey(&system, stream);
        }
    });
    port
}

fn obey(system: &Weak<Mutex<System>>, mut stream: TcpStream) {
    let mut command = String::new();
    let read = BufReader::new(&stream).read_line(&mut command);
    let (Ok(_), Some(system)) = (read, system.upgrade()) else {
        return;
    };
    let mut system = system.lock().expect("no command panicked before");
    let words: Vec<&str> = command.split_whitespace().collect();
    let answer = match words[..] {
        ["stop", "cloud"] => {
            system.kill9(CLOUD);
            "done".to_owned()
        }
        ["start", "cloud"] => {
            system.restart(CLOUD);
            "done".to_owned()
        }
        ["answer", dock, challenge] => system.technician_answer(dock, challenge),
        _ => "commands are: stop cloud, start cloud, answer DOCK CHALLENGE".to_owned(),
    };
    // Who hung up has given up already, and says so.
    let _ = writeln!(stream, "{answer}");
}
