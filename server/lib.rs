#![doc = include_str!("README.md")]

pub mod text;

pub mod diagnostic;

pub mod image;

pub mod context;

pub mod syntax;

pub mod config;

pub mod plan;

pub mod names;

pub mod dockerfile;

pub mod rules;

pub mod rule_page;

pub mod analysis;

pub mod ide;

pub mod rewrite;

pub mod report;

pub mod disk;

pub mod cli;

pub mod lsp;
