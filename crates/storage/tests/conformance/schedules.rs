//! Schedules: one owner at a time, nothing missed is forgotten, a rule that changes plans anew.

use std::time::Duration;

use shopclerk_domain::clock::Timestamp;
use shopclerk_storage::StoreError;
use shopclerk_storage::installation::{LeasedSchedule, PlannedSchedule, Schedule, ScheduleRun};

use crate::house::{HOLD, House};

const HOUR: Duration = Duration::from_hours(1);

async fn plan(house: &House, rule: &str, run_at: Timestamp) {
    let planned = PlannedSchedule { name: "poll", rule: rule.to_owned(), run_at };
    house.store.plan_schedules(vec![planned], house.now()).await.unwrap();
}

async fn lease(house: &House) -> Option<LeasedSchedule> {
    house.store.lease_schedule("poll", house.now(), HOLD).await.unwrap()
}

async fn finish(
    house: &House,
    leased: &LeasedSchedule,
    run: ScheduleRun,
    next: Timestamp,
) -> Result<(), StoreError> {
    house.store.finish_schedule(leased, run, next, house.now()).await
}

async fn only(house: &House) -> Schedule {
    let mut all = house.store.list_schedules().await.unwrap();
    assert_eq!(all.len(), 1);
    all.remove(0)
}

#[tokio::test]
async fn of_two_runners_one_gets_it_and_it_waits_for_its_next_time() {
    let house = House::new().await;
    let due = house.now().plus(HOUR);
    plan(&house, "hourly", due).await;
    assert_eq!(lease(&house).await, None);
    house.wait(HOUR);

    let (one, other) = tokio::join!(lease(&house), lease(&house));
    assert!(one.is_some() != other.is_some());
    let leased = one.or(other).unwrap();
    assert_eq!(only(&house).await.due_at, house.now().plus(HOLD));
    finish(&house, &leased, ScheduleRun::Done, due.plus(HOUR)).await.unwrap();

    assert_eq!(lease(&house).await, None);
    let known = only(&house).await;
    assert_eq!((known.run_at, known.due_at), (due.plus(HOUR), due.plus(HOUR)));
    assert_eq!((known.last_started, known.last_done, known.why), (Some(due), Some(due), None));
}

#[tokio::test]
async fn a_runner_that_is_gone_is_followed_by_another_and_refused_when_it_comes_back() {
    let house = House::new().await;
    plan(&house, "hourly", house.now()).await;
    let old = lease(&house).await.unwrap();
    house.wait(HOLD);
    let new = lease(&house).await.unwrap();

    let late = finish(&house, &old, ScheduleRun::Done, house.now()).await;

    assert!(matches!(late, Err(StoreError::Conflict)));
    finish(&house, &new, ScheduleRun::Done, house.now().plus(HOUR)).await.unwrap();
    assert!(matches!(finish(&house, &new, ScheduleRun::Done, house.now()).await, Err(StoreError::Conflict)));
}

#[tokio::test]
async fn why_a_run_failed_is_kept_until_one_succeeds() {
    let house = House::new().await;
    plan(&house, "hourly", house.now()).await;
    let started = house.now();

    let leased = lease(&house).await.unwrap();
    finish(&house, &leased, ScheduleRun::Failed("store.busy".to_owned()), house.now()).await.unwrap();
    let known = only(&house).await;
    assert_eq!((known.why.as_deref(), known.last_done), (Some("store.busy"), None));
    assert_eq!(known.last_started, Some(started));

    let leased = lease(&house).await.unwrap();
    finish(&house, &leased, ScheduleRun::Done, house.now().plus(HOUR)).await.unwrap();
    assert_eq!(only(&house).await.why, None);
}

#[tokio::test]
async fn a_start_leaves_known_times_alone_unless_the_rule_changed() {
    let house = House::new().await;
    let due = house.now().plus(HOUR);
    plan(&house, "at one", due).await;

    plan(&house, "at one", due.plus(HOUR)).await;
    assert_eq!(only(&house).await.run_at, due);
    plan(&house, "at two", due.plus(HOUR)).await;
    assert_eq!(only(&house).await.run_at, due.plus(HOUR));

    // What was missed while nobody ran is still due.
    house.wait(HOUR * 3);
    plan(&house, "at one", house.now().plus(HOUR)).await;
    assert_eq!(only(&house).await.run_at, due.plus(HOUR));
}
