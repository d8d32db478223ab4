//! The process itself, under the names that every Prometheus client library uses.

use std::{
    fs,
    sync::atomic::{AtomicU64, Ordering},
};

use prometheus_client::{
    metrics::{counter::Counter, gauge::Gauge},
    registry::Registry,
};
use puente_domain::Timestamp;
use rustix::{
    process::{Resource, getrlimit},
    time::{ClockId, clock_gettime},
};

const STATUS: &str = "/proc/self/status";
const DESCRIPTORS: &str = "/proc/self/fd";

/// What Linux tells a process about itself.
pub(super) struct Process {
    cpu: Counter<f64, AtomicU64>,
    resident: Gauge,
    size: Gauge,
    threads: Gauge,
    descriptors: Gauge,
    most_descriptors: Gauge,
}

impl Process {
    /// `None` where there is no `/proc`.
    pub(super) fn register(registry: &mut Registry, started: Timestamp) -> Option<Self> {
        fs::metadata(STATUS).ok()?;
        let cpu = Counter::<f64, AtomicU64>::default();
        registry.register("process_cpu_seconds", "Time on the processors, user and system, in seconds", cpu.clone());
        let mut gauge = |name: &str, help: &str| {
            let gauge = Gauge::default();
            registry.register(name, help, gauge.clone());
            gauge
        };
        let start = gauge("process_start_time_seconds", "When the process started, in seconds since 1970");
        start.set(started.as_secs());
        Some(Self {
            cpu,
            resident: gauge("process_resident_memory_bytes", "Memory in use"),
            size: gauge("process_virtual_memory_bytes", "Address space"),
            threads: gauge("process_threads", "Threads"),
            descriptors: gauge("process_open_fds", "Open file descriptors"),
            most_descriptors: gauge("process_max_fds", "The limit of open file descriptors"),
        })
    }

    /// Looks at everything again. What cannot be read keeps its last value.
    pub(super) fn measure(&self) {
        let time = clock_gettime(ClockId::ProcessCPUTime);
        let seconds = std::time::Duration::try_from(time).unwrap_or_default().as_secs_f64();
        self.cpu.inner().store(seconds.to_bits(), Ordering::Relaxed);
        let status = fs::read_to_string(STATUS).unwrap_or_default();
        for (name, gauge, unit) in
            [("VmRSS:", &self.resident, 1024), ("VmSize:", &self.size, 1024), ("Threads:", &self.threads, 1)]
        {
            if let Some(value) = value(&status, name) {
                gauge.set(value.saturating_mul(unit));
            }
        }
        if let Ok(entries) = fs::read_dir(DESCRIPTORS) {
            // Without the one that reads this folder.
            super::set(&self.descriptors, entries.count().saturating_sub(1));
        }
        let most = getrlimit(Resource::Nofile).current.and_then(|most| i64::try_from(most).ok());
        self.most_descriptors.set(most.unwrap_or(i64::MAX));
    }
}

/// The number behind a name of `/proc/self/status`.
fn value(status: &str, name: &str) -> Option<i64> {
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}
