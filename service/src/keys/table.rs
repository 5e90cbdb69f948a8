//! A table of keys, from which everything else about them follows.

use super::value::Form;

/// One key: a line in files, a flag, a variable of the environment, a row in the docs.
#[derive(Debug)]
pub struct Key {
    /// As files have it: `set_active`.
    pub name: &'static str,
    /// What it decides, line by line.
    pub doc: &'static [&'static str],
    /// Every way to write its value.
    pub forms: fn() -> Vec<Form>,
    /// What it is where no layer has it; absent where it depends on the phase, or may be missing.
    pub default: Option<&'static str>,
}

impl Key {
    /// As the command line has it: `--set-active`.
    pub fn flag(&self) -> String {
        format!("--{}", self.name.replace('_', "-"))
    }

    /// As the environment has it: `CHALLENGE_SET_ACTIVE`.
    pub fn variable(&self) -> String {
        format!("{VARIABLE_PREFIX}{}", self.name.to_ascii_uppercase())
    }

    /// What it decides, in one line without the last full stop.
    pub fn summary(&self) -> String {
        let lines: Vec<_> = self.doc.iter().map(|line| line.trim()).collect();
        lines.join(" ").trim_end_matches('.').to_owned()
    }

    /// Whether it is true or false, so that its flag needs no value.
    pub(crate) fn is_bool(&self) -> bool {
        let forms = (self.forms)();
        forms
            .iter()
            .map(|form| form.text.as_ref())
            .eq(["true", "false"])
    }
}

/// What the names of our variables begin with.
pub const VARIABLE_PREFIX: &str = "CHALLENGE_";

/// Makes a struct with a field for each key, the enums of the keys that are choices, the list of
/// [`Key`]s, and the reading of them.
///
/// ```text
/// key: Type,                       must be given, unless Type is an Option
/// key: Type = "text",              has a default
/// key: Type { /// doc  Value, … }, makes the enum, whose values are written in kebab case
/// ```
macro_rules! keys {
    (
        $(#[$meta:meta])*
        pub struct $name:ident $(with $(#[$extra_meta:meta])* $extra:ident: $extra_type:ident)? {
            $(
                $(#[doc = $doc:literal])+
                $key:ident: $type:ident $(<$inner:ident>)? $(= $default:literal)?
                $({ $( $(#[doc = $value_doc:literal])+ $value:ident ),+ $(,)? })?,
            )+
        }
    ) => {
        $(#[$meta])*
        pub struct $name {
            $( $(#[$extra_meta])* pub $extra: $extra_type, )?
            $( $(#[doc = $doc])+ pub $key: $type $(<$inner>)?, )+
        }

        impl $name {
            /// What can be set, in the order in which it is shown.
            pub const KEYS: &'static [$crate::keys::Key] = &[
                $( $crate::keys::Key {
                    name: stringify!($key),
                    doc: &[$($doc),+],
                    forms: <$type $(<$inner>)? as $crate::keys::Value>::forms,
                    default: $crate::keys::keys!(@default $($default)?),
                }, )+
            ];

            /// Takes every key from the layers, which note what is wrong with it.
            pub(crate) fn take(
                layers: &mut $crate::keys::Layers,
                $( $extra: Option<$extra_type>, )?
            ) -> Option<Self> {
                // All of them before the first `?`: every mistake is to be noted.
                $( let $key = layers.take(stringify!($key)); )+
                Some(Self { $( $extra: $extra?, )? $( $key: $key?, )+ })
            }

            /// The values in TOML, in the order of the keys; absent where there is none.
            pub fn to_toml(&self) -> Vec<(&'static str, Option<String>)> {
                vec![ $( (stringify!($key), $crate::keys::Value::to_toml(&self.$key)), )+ ]
            }
        }

        $($(
            #[doc = concat!("What `", stringify!($key), "` can be.")]
            #[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
            pub enum $type {
                $( $(#[doc = $value_doc])+ $value, )+
            }

            impl $crate::keys::Value for $type {
                fn forms() -> Vec<$crate::keys::Form> {
                    $crate::keys::choices::<Self>()
                }

                fn parse(text: &str) -> Option<Self> {
                    clap::ValueEnum::from_str(text, false).ok()
                }

                fn to_toml(&self) -> Option<String> {
                    Some($crate::keys::choice_in_toml(self))
                }
            }
        )?)+
    };
    (@default) => { None };
    (@default $default:literal) => { Some($default) };
}
pub(crate) use keys;

/// The values of an enum with what they mean.
pub(crate) fn choices<T: clap::ValueEnum>() -> Vec<Form> {
    let values = T::value_variants().iter();
    values
        .filter_map(clap::ValueEnum::to_possible_value)
        .map(|value| {
            let meaning = value
                .get_help()
                .map_or_else(String::new, ToString::to_string);
            Form::exact(value.get_name().to_owned(), meaning)
        })
        .collect()
}

/// A value of an enum, quoted.
pub(crate) fn choice_in_toml<T: clap::ValueEnum>(value: &T) -> String {
    let value = value.to_possible_value();
    super::value::quoted(value.as_ref().map_or("", |value| value.get_name()))
}
