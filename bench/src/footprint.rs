//! What Puente takes when it does nothing, and how fast it is there.

use std::{
    fs,
    io::{Read, Write},
    net::TcpStream,
    time::{Duration, Instant},
};

use anyhow::Context;
use puente_tests::tools;

use crate::{call, report::Report};

/// Idle memory, start on an existing data folder, size of the binary.
pub(crate) async fn measure(report: &mut Report) -> anyhow::Result<()> {
    let site = call::site();
    let server = site.serve().await;
    report.line("memory after the first start (RSS)", format!("{:.1} MB", resident_mb(server.pid())?), "");
    server.stop().await;
    let server = site.serve().await;
    report.line("idle memory (RSS)", format!("{:.1} MB", resident_mb(server.pid())?), "<= 20 MB");
    server.stop().await;

    let mut starts = Vec::new();
    for _ in 0..5 {
        starts.push(start(&site)?);
    }
    starts.sort_unstable();
    report.line("start to ready on an existing data folder", format!("{:.0?}", starts[2]), "<= 100 ms");

    let bytes = fs::metadata(tools::puente())?.len();
    report.line("binary", format!("{:.1} MB", bytes as f64 / 1e6), "<= 30 MB");
    Ok(())
}

fn resident_mb(pid: u32) -> anyhow::Result<f64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
    Ok(line.trim().trim_end_matches(" kB").parse::<f64>()? / 1000.0)
}

/// From the start of the process to the first 200 of `/health/ready`, asked without pause.
fn start(site: &puente_tests::Site) -> anyhow::Result<Duration> {
    let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let began = Instant::now();
    let mut child = site.command(&["serve", "--port", &port.to_string()]).spawn()?;
    while !is_ready(port) {
        anyhow::ensure!(began.elapsed() < Duration::from_secs(30), "it does not get ready");
    }
    let took = began.elapsed();
    child.kill()?;
    child.wait()?;
    Ok(took)
}

fn is_ready(port: u16) -> bool {
    let ask = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.write_all(b"GET /health/ready HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    };
    ask().is_ok_and(|answer| answer.starts_with("HTTP/1.1 200"))
}
