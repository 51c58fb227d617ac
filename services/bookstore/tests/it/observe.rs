//! The dashboard and the alerts of `deploy/observe`, in a real Prometheus that watches a real bookstore.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use reqwest::Url;
use serde_json::Value;
use tempfile::TempDir;

use crate::metrics::Watched;
use crate::process::PATIENCE;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/observe")
}

/// Runs `promtool`, and holds it to be content.
fn promtool(arguments: &[&str]) {
    let output = Command::new("promtool").args(arguments).current_dir(folder()).output();
    let output = output.unwrap_or_else(|_| panic!("promtool is missing: {HOW}"));
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "promtool {arguments:?}: {said}");
}

const HOW: &str = "install Prometheus (apt-get install prometheus), or run deploy/test.sh";

#[test]
fn the_rules_are_valid_and_raise_what_they_are_for() {
    promtool(&["check", "config", "prometheus.yml"]);
    promtool(&["test", "rules", "alerts.test.yml"]);
}

/// A Prometheus with the example's settings, for one target, that looks often; ended with its test.
struct Prometheus {
    base: String,
    child: Child,
    _folder: TempDir,
}

impl Prometheus {
    fn start(target: &str) -> Self {
        let own = TempDir::new().unwrap();
        let example = std::fs::read_to_string(folder().join("prometheus.yml")).unwrap();
        let rules = folder().join("alerts.yml").display().to_string();
        let settings = example
            .replace("127.0.0.1:9100", target)
            .replace("15s", "1s")
            .replace("- alerts.yml", &format!("- {rules}"));
        let config = own.path().join("prometheus.yml");
        std::fs::write(&config, settings).unwrap();
        let address = format!("127.0.0.1:{}", testkit::free_port());
        let mut command = Command::new("prometheus");
        command.arg(format!("--config.file={}", config.display()));
        command.arg(format!("--storage.tsdb.path={}", own.path().join("data").display()));
        command.arg(format!("--web.listen-address={address}")).stdout(Stdio::null()).stderr(Stdio::null());
        let child = command.spawn().unwrap_or_else(|_| panic!("prometheus is missing: {HOW}"));
        Self { base: format!("http://{address}/api/v1"), child, _folder: own }
    }

    /// What its API says; nothing while it starts.
    async fn get(&self, path: &str, parameters: &[(&str, &str)]) -> Option<Value> {
        let url = Url::parse_with_params(&format!("{}/{path}", self.base), parameters).unwrap();
        let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(10)).build().unwrap();
        let text = http.get(url).send().await.ok()?.text().await.ok()?;
        serde_json::from_str(&text).ok()
    }

    /// Whether a query has data; it must be valid.
    async fn has_data(&self, query: &str) -> bool {
        let Some(answer) = self.get("query", &[("query", query)]).await else { return false };
        assert_eq!(answer["status"], "success", "{query}: {answer}");
        let found = answer["data"]["result"].as_array().unwrap();
        found.iter().any(|one| one["value"][1].as_str().unwrap().parse::<f64>().unwrap().is_finite())
    }
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The queries of all panels, as Grafana sends them.
fn queries() -> Vec<String> {
    let dashboard = std::fs::read_to_string(folder().join("dashboard.json")).unwrap();
    let dashboard: Value = serde_json::from_str(&dashboard).unwrap();
    let panels = dashboard["panels"].as_array().unwrap();
    let targets = panels.iter().flat_map(|panel| panel["targets"].as_array().into_iter().flatten());
    let plain = |query: &str| query.replace("$__rate_interval", "1m").replace("$part", ".*");
    targets.map(|target| plain(target["expr"].as_str().unwrap())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_query_of_the_dashboard_has_data_and_every_alert_is_healthy() {
    let bookstore = Watched::start(&[]);
    let prometheus = Prometheus::start(&bookstore.metrics);
    let mut empty = queries();
    assert!(empty.len() > 25, "{empty:?}");
    let started = Instant::now();
    while let Some(query) = empty.last() {
        bookstore.use_it().await;
        match prometheus.has_data(query).await {
            true => drop(empty.pop()),
            false => tokio::time::sleep(Duration::from_millis(500)).await,
        }
        assert!(started.elapsed() < 2 * PATIENCE, "these have no data: {empty:#?}");
    }
    let answer = prometheus.get("rules", &[("type", "alert")]).await.unwrap();
    let alerts = answer.pointer("/data/groups/0/rules").unwrap().as_array().unwrap();
    assert_eq!(alerts.len(), 13);
    for alert in alerts {
        assert_eq!((&alert["health"], &alert["state"]), (&"ok".into(), &"inactive".into()), "{alert}");
    }
}
