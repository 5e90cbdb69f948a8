//! What is measured, and the table that comes of it.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::brunt::{Brunt, Call};
use crate::figures::{Figures, Wanted, row};
use crate::peers;
use crate::process::{Target, run};

const CONNECTIONS: &str = "50";

/// How long and how often.
pub(crate) struct Settings {
    pub(crate) repetitions: usize,
    pub(crate) closed: Duration,
    pub(crate) open: Duration,
}

/// 50 connections in a closed loop: requests a second, as the server saw them.
pub(crate) fn closed(settings: &Settings) -> anyhow::Result<()> {
    let [wrk, oha, h2load, hey] = [
        peers::find("wrk")?,
        peers::find("oha")?,
        peers::find("h2load")?,
        peers::find("hey")?,
    ];
    let brunt = Brunt::build()?;
    let target = Target::start()?;
    let url = format!("http://{}/", target.address);
    let duration = format!("{}s", settings.closed.as_secs());
    let seconds = settings.closed.as_secs().to_string();
    let command = |program: &Path, args: &[&str]| {
        let mut command = Command::new(program);
        command.args(args);
        command
    };
    let mut peers = [
        (
            "wrk",
            command(&wrk, &["-t2", "-c", CONNECTIONS, "-d", &duration, &url]),
            Figures::default(),
        ),
        (
            "oha",
            command(
                &oha,
                &["--no-tui", "-c", CONNECTIONS, "-z", &duration, &url],
            ),
            Figures::default(),
        ),
        (
            "h2load",
            command(
                &h2load,
                &["--h1", "-t2", "-c", CONNECTIONS, "-D", &seconds, &url],
            ),
            Figures::default(),
        ),
        (
            "hey",
            command(&hey, &["-c", CONNECTIONS, "-z", &duration, &url]),
            Figures::default(),
        ),
        (
            "stock goose",
            command(
                &std::env::current_exe()?,
                &[
                    "stock-goose",
                    &target.address.to_string(),
                    CONNECTIONS,
                    &seconds,
                ],
            ),
            Figures::default(),
        ),
    ];
    let mut own = Figures::default();
    for repetition in 1..=settings.repetitions {
        eprintln!(
            "closed loop, repetition {repetition} of {}",
            settings.repetitions
        );
        target.reset()?;
        let stream = format!("users = {CONNECTIONS}");
        brunt.run(target.address, Call::Http, settings.closed, &stream)?;
        own.0.push(target.seen()?.rate_per_s);
        for (_, command, figures) in &mut peers {
            target.reset()?;
            run(command)?;
            figures.0.push(target.seen()?.rate_per_s);
        }
    }
    println!("Closed loop, {CONNECTIONS} connections, {duration} a run");
    row("brunt", "requests/s", &own, Wanted::Nothing);
    for (name, _, figures) in &peers {
        row(name, "requests/s", figures, Wanted::Nothing);
    }
    for (name, _, figures) in &peers {
        let wanted = match *name {
            "oha" => Wanted::AtLeast(0.9),
            "wrk" => Wanted::AtLeast(0.8),
            "stock goose" => Wanted::AtLeast(3.0),
            _ => Wanted::Nothing,
        };
        row(&format!("brunt / {name}"), "", &own.over(figures), wanted);
    }
    Ok(())
}

/// The open model: CPU time of a request, and how evenly requests arrive.
pub(crate) fn open(settings: &Settings) -> anyhow::Result<()> {
    let oha = peers::find("oha")?;
    let brunt = Brunt::build()?;
    let target = Target::start()?;
    let url = format!("http://{}/", target.address);
    let duration = format!("{}s", settings.open.as_secs());
    for rate in ["1000", "5000"] {
        let [
            mut own_cpu,
            mut oha_cpu,
            mut own_even,
            mut oha_even,
            mut late,
        ] = [const { Figures(Vec::new()) }; 5];
        for repetition in 1..=settings.repetitions {
            eprintln!(
                "open, {rate}/s, repetition {repetition} of {}",
                settings.repetitions
            );
            target.reset()?;
            let stream = format!("rate = \"{rate}/s\"");
            let ran = brunt.run(target.address, Call::Http, settings.open, &stream)?;
            let seen = target.seen()?;
            own_cpu
                .0
                .push(ran.cpu.as_secs_f64() * 1e6 / seen.requests as f64);
            own_even.0.push(seen.dispersion);
            late.0.push(ran.lateness.p99_us as f64 / 1e3);
            target.reset()?;
            let (cpu, _) = run(Command::new(&oha).args([
                "--no-tui",
                "-c",
                CONNECTIONS,
                "-q",
                rate,
                "--latency-correction",
                "-z",
                &duration,
                &url,
            ]))?;
            let seen = target.seen()?;
            oha_cpu
                .0
                .push(cpu.as_secs_f64() * 1e6 / seen.requests as f64);
            oha_even.0.push(seen.dispersion);
        }
        println!("Open model, {rate}/s, {duration} a run");
        row("brunt", "us cpu/req", &own_cpu, Wanted::Nothing);
        row("oha", "us cpu/req", &oha_cpu, Wanted::Nothing);
        row(
            "brunt / oha",
            "",
            &own_cpu.over(&oha_cpu),
            Wanted::AtMost(1.2),
        );
        row(
            "brunt: dispatch lateness p99",
            "ms",
            &late,
            Wanted::AtMost(0.5),
        );
        row(
            "brunt: dispersion per 10 ms",
            "",
            &own_even,
            Wanted::AtMost(0.02),
        );
        row("oha: dispersion per 10 ms", "", &oha_even, Wanted::Nothing);
    }
    Ok(())
}

/// gRPC events in the open model: CPU time.
pub(crate) fn grpc(settings: &Settings) -> anyhow::Result<()> {
    const RATE: &str = "5000";
    let h2load = peers::find("h2load")?;
    let brunt = Brunt::build()?;
    let target = Target::start()?;
    let folder = tempfile::tempdir()?;
    // One message of the size that brunt sends, with gRPC's prefix of five bytes.
    let message = folder.path().join("message");
    let mut bytes = vec![0, 0, 0, 0, 50];
    bytes.extend([b'x'; 50]);
    std::fs::write(&message, bytes)?;
    let url = format!("http://{}/bench.v1.Events/OnMessage", target.address);
    let seconds = settings.open.as_secs().to_string();
    let [mut own, mut theirs, mut own_rate, mut their_rate, mut cores] =
        [const { Figures(Vec::new()) }; 5];
    for repetition in 1..=settings.repetitions {
        eprintln!("gRPC, repetition {repetition} of {}", settings.repetitions);
        target.reset()?;
        let stream = format!("rate = \"{RATE}/s\"");
        let ran = brunt.run(target.address, Call::Grpc, settings.open, &stream)?;
        let seen = target.seen()?;
        own.0
            .push(ran.cpu.as_secs_f64() * 1e6 / seen.requests as f64);
        own_rate.0.push(seen.rate_per_s);
        cores
            .0
            .push(ran.cpu.as_secs_f64() / settings.open.as_secs_f64());
        target.reset()?;
        let (cpu, _) = run(Command::new(&h2load)
            .args(["-c1", "-t1", "-m100", "--rps", RATE, "-D", &seconds])
            .args(["-H", "content-type: application/grpc", "-H", "te: trailers"])
            .arg("-d")
            .arg(&message)
            .arg(&url))?;
        let seen = target.seen()?;
        theirs
            .0
            .push(cpu.as_secs_f64() * 1e6 / seen.requests as f64);
        their_rate.0.push(seen.rate_per_s);
    }
    println!("gRPC, {RATE} events/s, {seconds} s a run");
    row("brunt", "events/s", &own_rate, Wanted::Nothing);
    row("h2load", "events/s", &their_rate, Wanted::Nothing);
    row("brunt", "us cpu/event", &own, Wanted::Nothing);
    row("h2load", "us cpu/event", &theirs, Wanted::Nothing);
    row("brunt / h2load", "", &own.over(&theirs), Wanted::Nothing);
    row("brunt", "cores", &cores, Wanted::AtMost(1.0));
    Ok(())
}

/// 800/s for 31 minutes: does memory stay where it is?
pub(crate) fn memory() -> anyhow::Result<()> {
    let brunt = Brunt::build()?;
    let target = Target::start()?;
    println!("Memory, 800/s");
    for minutes in [1, 31] {
        let duration = Duration::from_secs(60 * minutes);
        let ran = brunt.run(target.address, Call::Http, duration, "rate = \"800/s\"")?;
        let peak = ran.peak_memory_bytes.unwrap_or_default() as f64 / 1e6;
        row(
            &format!("brunt, peak over {minutes} min"),
            "MB",
            &Figures(vec![peak]),
            Wanted::AtMost(100.0),
        );
    }
    Ok(())
}
