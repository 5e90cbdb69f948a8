//! The command line of the service: a flag for every key, made from the tables.

use std::ffi::OsStr;
use std::path::PathBuf;

use clap::builder::{PossibleValue, TypedValueParser, ValueParser};
use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Command};

use super::{Settings, environment};
use crate::keys::{Entry, Key, Place, SettingsError, VARIABLE_PREFIX};
use crate::phase::{PHASE, Switches};

const CONFIG: &str = "config";
const PRINT_CONFIG: &str = "print_config";

/// What the command line and the environment say, before anything is resolved.
#[derive(Debug, Clone, Default)]
pub struct ServeArgs {
    /// A file of keys.
    config: Option<PathBuf>,
    /// Whether to print the settings instead of serving.
    pub print_config: bool,
    /// Values of keys; those of the environment first.
    given: Vec<Entry>,
}

impl ServeArgs {
    /// What the process is told, with everything that is below the command line.
    pub fn settings(self) -> Result<Settings, SettingsError> {
        Settings::resolve(self.config.as_deref(), self.given)
    }
}

fn headed_keys() -> impl Iterator<Item = (Option<&'static str>, &'static Key)> {
    let switches = Some("Switches, each else as the phase has it");
    [(None, &PHASE)]
        .into_iter()
        .chain(Settings::KEYS.iter().map(|key| (None, key)))
        .chain(Switches::KEYS.iter().map(move |key| (switches, key)))
}

fn arg(heading: Option<&'static str>, key: &'static Key) -> Arg {
    let mut arg = Arg::new(key.name)
        .long(key.flag().trim_start_matches('-').to_owned())
        .env(key.variable())
        .hide_env_values(true)
        .help(key.summary())
        .help_heading(heading)
        .value_parser(ValueParser::new(AnyText(key)))
        .action(ArgAction::Set);
    if let Some(default) = key.default {
        arg = arg.default_value(default);
    }
    if key.is_bool() {
        return arg
            .num_args(0..=1)
            .require_equals(true)
            .default_missing_value("true")
            .hide_possible_values(true);
    }
    let words: Vec<_> = (key.forms)()
        .iter()
        .map(|form| form.text.to_string())
        .collect();
    arg.value_name(words.join("|"))
}

/// Takes any text, so that all mistakes are told at once; shows what is right.
#[derive(Clone)]
struct AnyText(&'static Key);

impl TypedValueParser for AnyText {
    type Value = String;

    fn parse_ref(
        &self,
        command: &Command,
        _: Option<&Arg>,
        value: &OsStr,
    ) -> Result<String, clap::Error> {
        let text = value.to_str().map(str::to_owned);
        text.ok_or_else(|| clap::Error::new(ErrorKind::InvalidUtf8).with_cmd(command))
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let forms = (self.0.forms)();
        if !forms.iter().all(|form| form.exact) {
            return None;
        }
        let values = forms
            .into_iter()
            .map(|form| PossibleValue::new(form.text.into_owned()).help(form.meaning.into_owned()));
        Some(Box::new(values))
    }
}

impl clap::Args for ServeArgs {
    fn augment_args(command: Command) -> Command {
        let command = command
            .arg(
                Arg::new(CONFIG)
                    .long("config")
                    .value_name("FILE")
                    .env(format!("{VARIABLE_PREFIX}CONFIG"))
                    .hide_env_values(true)
                    .value_parser(clap::value_parser!(PathBuf))
                    .help("A TOML file of settings and switches; variables and flags go over it"),
            )
            .arg(
                Arg::new(PRINT_CONFIG)
                    .long("print-config")
                    .action(ArgAction::SetTrue)
                    .help("Print what all of this comes to as such a file, without passwords, and end"),
            );
        headed_keys().fold(command, |command, (heading, key)| {
            command.arg(arg(heading, key))
        })
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl clap::FromArgMatches for ServeArgs {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let (mut variables, mut flags) = (Vec::new(), Vec::new());
        for (_, key) in headed_keys() {
            let Some(text) = matches.get_one::<String>(key.name) else {
                continue;
            };
            let entry = |place| Entry {
                key: key.name.to_owned(),
                text: text.clone(),
                place,
            };
            match matches.value_source(key.name) {
                Some(ValueSource::CommandLine) => flags.push(entry(Place::Flag(key.flag()))),
                // Empty: compose files have no other way of leaving a variable out.
                Some(ValueSource::EnvVariable) if !text.is_empty() => {
                    variables.push(entry(Place::Variable(key.variable())));
                }
                _ => {}
            }
        }
        let names = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
        let is_ours = |name: &str| {
            name == format!("{VARIABLE_PREFIX}CONFIG")
                || headed_keys().any(|(_, key)| key.variable() == name)
        };
        let strangers = environment::strangers(names, is_ours);
        let strangers = strangers.into_iter().map(|(key, place)| Entry {
            key,
            text: String::new(),
            place,
        });
        Ok(Self {
            config: matches.get_one::<PathBuf>(CONFIG).cloned(),
            print_config: matches.get_flag(PRINT_CONFIG),
            given: strangers.chain(variables).chain(flags).collect(),
        })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}
