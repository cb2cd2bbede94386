"""The instrument's OSC door: a checked UDP server, feedback to subscribers, and OSCQuery."""
