//! What is ordered to go wrong does, as often as it was ordered.

use super::*;
use crate::fault::{Fault, Order, Upstream};

/// Asks the model; what came, if anything did: the status and how the answer begins.
async fn ask(sandbox: &Sandbox) -> Option<(u16, String)> {
    let client = loopback::client(Duration::from_secs(5)).unwrap();
    let body = json!({ "model": "m", "messages": [{ "role": "user", "content": "hello" }] });
    let answer =
        client.post(format!("{}/chat/completions", sandbox.model_url())).json(&body).send().await.ok()?;
    let status = answer.status().as_u16();
    let start = loopback::start_of_body(answer, 100_000).await;
    Some((status, String::from_utf8(start).unwrap()))
}

#[tokio::test]
async fn faults_are_armed_looked_at_and_disarmed() {
    let sandbox = Sandbox::start(options()).await.unwrap();
    let order = json!({ "upstream": "model", "name": "limited", "count": 2 });

    let (status, view) = call(&sandbox, "POST", "/faults", &order).await;
    assert_eq!((status, &view["armed"]), (200, &json!([order])));
    assert_eq!(view["known"]["duplicate"], json!(["meta", "shopify"]));
    assert_eq!(ask(&sandbox).await.unwrap().0, 429);
    let (_, view) = call(&sandbox, "GET", "/faults", &Value::Null).await;
    assert_eq!(view["armed"][0]["count"], 1);

    assert_eq!(call(&sandbox, "DELETE", "/faults", &Value::Null).await.0, 204);
    assert_eq!(ask(&sandbox).await.unwrap().0, 503, "the model is off, as it was");
    let told = sandbox.journal().after(0, 99).into_iter().map(|entry| entry.kind);
    let kinds: Vec<String> = told.filter(|kind| kind.starts_with("fault")).collect();
    assert_eq!(kinds, ["fault.armed", "fault.happened", "fault.disarmed"]);
    sandbox.close().await;
}

#[tokio::test]
async fn an_order_nobody_can_carry_out_is_refused_with_what_there_is() {
    let sandbox = Sandbox::start(options()).await.unwrap();
    for (order, said) in [
        (json!({ "upstream": "mars", "name": "slow" }), "there are meta, shopify, model, objects"),
        (json!({ "upstream": "meta", "name": "flood" }), "there are slow, limited"),
        (json!({ "upstream": "objects", "name": "echo_lost" }), "cannot happen at `objects`, but at meta"),
        (json!({ "upstream": "meta", "name": "slow", "count": 0 }), "from 1 to 1000"),
    ] {
        let (status, refused) = call(&sandbox, "POST", "/faults", &order).await;
        assert_eq!((status, &refused["error"]["code"]), (400, &json!("control.bad_fault")), "{order}");
        assert!(refused["error"]["message"].as_str().unwrap().contains(said), "{refused}");
    }
    for order in
        [json!({ "upstream": "meta" }), json!({ "upstream": "meta", "name": "slow", "count": "two" })]
    {
        assert_eq!(call(&sandbox, "POST", "/faults", &order).await.1["error"]["code"], "control.bad_json");
    }
    assert!(sandbox.faults().armed().is_empty());
    sandbox.close().await;
}

#[tokio::test]
async fn a_call_meets_each_fault_once() {
    let sandbox = Sandbox::start(options()).await.unwrap();
    call(&sandbox, "PUT", "/model", &json!({ "mode": "echo" })).await;
    let next = |fault| sandbox.faults().arm(Order::new(Upstream::Model, fault, 1).unwrap()).unwrap();

    next(Fault::CutBefore);
    assert_eq!(ask(&sandbox).await, None);
    assert_eq!(sandbox.model().view(0).calls, 0, "nothing was done");
    next(Fault::CutAfter);
    assert_eq!(ask(&sandbox).await, None);
    assert_eq!(sandbox.model().view(0).calls, 1);
    next(Fault::Garbage);
    assert!(ask(&sandbox).await.unwrap().1.starts_with("<html>"));
    next(Fault::Endless);
    assert!(ask(&sandbox).await.unwrap().1.len() >= 100_000);
    next(Fault::TokenRefused);
    assert_eq!(ask(&sandbox).await.unwrap().0, 401);
    next(Fault::Slow);
    let (asked, ()) = tokio::join!(ask(&sandbox), async {
        while sandbox.model().view(0).calls < 4 {
            tokio::task::yield_now().await;
        }
        sandbox.faults().let_go();
    });
    assert!(asked.unwrap().1.contains("You wrote: hello"));
    assert!(ask(&sandbox).await.unwrap().1.contains("You wrote: hello"));
    sandbox.close().await;
}
