//! Open-model load generator on goose.
