//! Lets a browser test kill the cloud and start it again, asks the managers' site for a technician's
//! answer, and moves a raffle on: one line of text a connection.

use serde_json::json;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, Weak};
use system_tests::{CLOUD, Raffle, Stage, System};

/// What a test may ask for.
pub struct World {
    pub system: System,
    /// Of a system that goes by the raffle's clock.
    pub raffle: Option<(Raffle, Stage)>,
}

/// Serves until the process ends, and does not keep the system from ending; the port it answers on.
pub fn serve(world: &Arc<Mutex<World>>) -> u16 {
    let world = Arc::downgrade(world);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let port = listener.local_addr().expect("a bound socket").port();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            obey(&world, stream);
        }
    });
    port
}

fn obey(world: &Weak<Mutex<World>>, mut stream: TcpStream) {
    let mut command = String::new();
    let read = BufReader::new(&stream).read_line(&mut command);
    let (Ok(_), Some(world)) = (read, world.upgrade()) else {
        return;
    };
    let mut world = world.lock().expect("no command panicked before");
    let World { system, raffle } = &mut *world;
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
        ["raffle"] => moves_on(system, raffle.as_mut().expect("a test with a raffle")),
        _ => "commands are: stop cloud, start cloud, answer DOCK CHALLENGE, raffle".to_owned(),
    };
    // Who hung up has given up already, and says so.
    let _ = writeln!(stream, "{answer}");
}

fn moves_on(system: &mut System, (raffle, stage): &mut (Raffle, Stage)) -> String {
    *stage = raffle.moves_on(system, *stage);
    let tokens = raffle.returned.iter().map(|rental| rental.token.as_str());
    let told = json!({
        "stage": stage.as_str(),
        "id": raffle.id,
        "receipts": tokens.collect::<Vec<_>>(),
    });
    told.to_string()
}
