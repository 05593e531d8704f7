use crate::broker::Broker;
use crate::cloud::{Cloud, gateway};
use crate::program::Place;
use shared::ids::GatewayId;
use shared::sync::{Hint, hint_topic};

#[tokio::test]
async fn a_grant_comes_by_mqtt_whatever_else_does() {
    let broker = Broker::start().await;
    let cloud = Cloud::start().await;
    cloud.book().broker_port = broker.port();
    let place = Place::new(&cloud);
    let mut running = place.start(&[]);
    // The first connection dies at once; the gateway comes back.
    drop(broker.session().await);
    let mut session = broker.session().await;
    let connect = String::from_utf8_lossy(&session.connect).into_owned();
    let id = gateway().to_string();
    assert_eq!(connect.matches(&id).count(), 2, "client id and user name");
    assert_eq!(session.topic, hint_topic(&gateway()));

    cloud
        .until("the cart", |book| book.count("cart_docked") == 1)
        .await;
    let grant = cloud.grant(1);
    let elsewhere = shared::grant::Grant {
        gateway: GatewayId::new(2, [2; 10]),
        ..grant
    };
    let forged = Cloud::token(&grant).replace(&grant.rental.to_string(), &gateway().to_string());
    for nonsense in [
        b"not json".to_vec(),
        vec![b'['; 3_000],
        hint(&Hint::Grant(forged)),
        hint(&Hint::Grant(Cloud::token(&elsewhere))),
    ] {
        session.publish(&nonsense).await;
    }
    running.logged("none of ours").await;
    assert_eq!(cloud.count("release_started"), 0);
    session
        .publish(&hint(&Hint::Grant(Cloud::token(&grant))))
        .await;
    session
        .publish(&hint(&Hint::Grant(Cloud::token(&grant))))
        .await;
    cloud
        .until("the release", |book| book.count("release_started") == 1)
        .await;
    session.publish(&hint(&Hint::Wake)).await;
}

fn hint(hint: &Hint) -> Vec<u8> {
    serde_json::to_vec(hint).unwrap()
}
