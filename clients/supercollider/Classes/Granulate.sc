// Plays `granulate live` over OSC. Written by `python -m clients.make`: change it there.

Granulate {
	classvar <specs;
	var <net, <values, <levels, <position, <grain, answers, feedback, renewal;

	*initClass {
		specs = IdentityDictionary.new;
		#[
			[\framing_n_fft, '/granulate/framing/n_fft', nil, nil, ""],
			[\framing_window, '/granulate/framing/window', nil, nil, ""],
			[\framing_hop, '/granulate/framing/hop', nil, nil, ""],
			[\framing_shape, '/granulate/framing/shape', nil, nil, ""],
			[\framing_taper, '/granulate/framing/taper', 0, 1, ""],
			[\framing_channel, '/granulate/framing/channel', 0, 1024, ""],
			[\segmentation_kind, '/granulate/segmentation/kind', nil, nil, ""],
			[\segmentation_threshold, '/granulate/segmentation/threshold', -140, 60, "dB"],
			[\segmentation_shortest, '/granulate/segmentation/shortest', nil, nil, ""],
			[\segmentation_longest, '/granulate/segmentation/longest', nil, nil, ""],
			[\segmentation_lead, '/granulate/segmentation/lead', nil, nil, ""],
			[\segmentation_tempo, '/granulate/segmentation/tempo', 20, 400, "bpm"],
			[\segmentation_divisions, '/granulate/segmentation/divisions', 1, 64, ""],
			[\segmentation_tightness, '/granulate/segmentation/tightness', 1, 10000, ""],
			[\segmentation_gap, '/granulate/segmentation/gap', nil, nil, ""],
			[\segmentation_padding, '/granulate/segmentation/padding', nil, nil, ""],
			[\segmentation_file, '/granulate/segmentation/file', nil, nil, ""],
			[\descriptors_kind, '/granulate/descriptors/kind', nil, nil, ""],
			[\descriptors_low, '/granulate/descriptors/low', 0, 200000, "Hz"],
			[\descriptors_high, '/granulate/descriptors/high', 1, 400000, "Hz"],
			[\descriptors_bands, '/granulate/descriptors/bands', 2, 1024, ""],
			[\descriptors_range, '/granulate/descriptors/range', 1, 200, "dB"],
			[\descriptors_coefficients, '/granulate/descriptors/coefficients', 1, 1024, ""],
			[\descriptors_share, '/granulate/descriptors/share', 0.01, 1, ""],
			[\scaling_kind, '/granulate/scaling/kind', nil, nil, ""],
			[\scaling_factor, '/granulate/scaling/factor', 1, 100, ""],
			[\scaling_range, '/granulate/scaling/range', 1, 400, "dB"],
			[\reduction_kind, '/granulate/reduction/kind', nil, nil, ""],
			[\reduction_dimensions, '/granulate/reduction/dimensions', 1, 3, ""],
			[\reduction_perplexity, '/granulate/reduction/perplexity', 1, 500, ""],
			[\reduction_iterations, '/granulate/reduction/iterations', 250, 10000, ""],
			[\reduction_exaggeration, '/granulate/reduction/exaggeration', 1, 100, ""],
			[\reduction_learning_rate, '/granulate/reduction/learning_rate', 0, 10000, ""],
			[\reduction_initial, '/granulate/reduction/initial', nil, nil, ""],
			[\reduction_neighbours, '/granulate/reduction/neighbours', 2, 500, ""],
			[\reduction_spread, '/granulate/reduction/spread', 0.1, 10, ""],
			[\reduction_tightness, '/granulate/reduction/tightness', 0, 10, ""],
			[\reduction_epochs, '/granulate/reduction/epochs', 0, 100000, ""],
			[\reduction_latent, '/granulate/reduction/latent', 1, 256, ""],
			[\reduction_then, '/granulate/reduction/then', nil, nil, ""],
			[\reduction_layout, '/granulate/reduction/layout', nil, nil, ""],
			[\reduction_batch, '/granulate/reduction/batch', 1, 65536, ""],
			[\reduction_rate, '/granulate/reduction/rate', 1e-06, 1, ""],
			[\reduction_device, '/granulate/reduction/device', nil, nil, ""],
			[\reduction_codes, '/granulate/reduction/codes', 1, 256, ""],
			[\reduction_weight, '/granulate/reduction/weight', 0, 100, ""],
			[\reduction_window, '/granulate/reduction/window', nil, nil, ""],
			[\reduction_alpha, '/granulate/reduction/alpha', 0, 100, ""],
			[\reduction_history, '/granulate/reduction/history', 2, 10000, ""],
			[\reduction_off_centre, '/granulate/reduction/off_centre', 0, 100, ""],
			[\reduction_curvature, '/granulate/reduction/curvature', 0, 100, ""],
			[\path_kind, '/granulate/path/kind', nil, nil, ""],
			[\path_gate, '/granulate/path/gate', -120, 0, "dBFS"],
			[\path_follow, '/granulate/path/follow', 0, 1, ""],
			[\path_boost, '/granulate/path/boost', 0, 120, "dB"],
			[\path_space, '/granulate/path/space', nil, nil, ""],
			[\path_step, '/granulate/path/step', 0, 10, ""],
			[\path_temperature, '/granulate/path/temperature', 0, 100, ""],
			[\path_rest, '/granulate/path/rest', 0, 1000000, ""],
			[\path_weights, '/granulate/path/weights', nil, nil, ""],
			[\path_start, '/granulate/path/start', nil, nil, ""],
			[\path_length, '/granulate/path/length', nil, nil, ""],
			[\path_radius, '/granulate/path/radius', 0, 10, ""],
			[\path_neighbours, '/granulate/path/neighbours', 1, 1000, ""],
			[\path_momentum, '/granulate/path/momentum', 0, 0.99, ""],
			[\path_continuity, '/granulate/path/continuity', 0, 100, ""],
			[\path_floor, '/granulate/path/floor', -200, 0, "dBFS"],
			[\path_pitch, '/granulate/path/pitch', 0, 100, ""],
			[\path_loudness, '/granulate/path/loudness', 0, 100, ""],
			[\path_timbre, '/granulate/path/timbre', 0, 100, ""],
			[\path_descriptors, '/granulate/path/descriptors', 0, 100, ""],
			[\path_transpose, '/granulate/path/transpose', nil, nil, ""],
			[\path_impose, '/granulate/path/impose', nil, nil, ""],
			[\path_nearest, '/granulate/path/nearest', 1, 1024, ""],
			[\path_voices, '/granulate/path/voices', 1, 64, ""],
			[\path_align, '/granulate/path/align', nil, nil, ""],
			[\path_axis, '/granulate/path/axis', 1, 3, ""],
			[\path_descending, '/granulate/path/descending', nil, nil, ""],
			[\path_column, '/granulate/path/column', nil, nil, ""],
			[\path_apart, '/granulate/path/apart', nil, nil, ""],
			[\path_end, '/granulate/path/end', nil, nil, ""],
			[\path_loop, '/granulate/path/loop', nil, nil, ""],
			[\path_effort, '/granulate/path/effort', 0, 1000, ""],
			[\path_seconds, '/granulate/path/seconds', 0, 86400, "s"],
			[\path_points, '/granulate/path/points', nil, nil, ""],
			[\path_groups, '/granulate/path/groups', 1, 1000, ""],
			[\path_dwell, '/granulate/path/dwell', 1, 1000000, ""],
			[\path_speed, '/granulate/path/speed', 0, 100, ""],
			[\path_pull, '/granulate/path/pull', 0, 1, ""],
			[\grain_kind, '/granulate/grain/kind', nil, nil, ""],
			[\grain_overlap, '/granulate/grain/overlap', nil, nil, ""],
			[\grain_transpose, '/granulate/grain/transpose', -72, 72, "semitones"],
			[\grain_interpolation, '/granulate/grain/interpolation', nil, nil, ""],
			[\grain_density, '/granulate/grain/density', 0.01, 100000, ""],
			[\grain_repeat, '/granulate/grain/repeat', 1, 10000, ""],
			[\grain_length, '/granulate/grain/length', nil, nil, ""],
			[\grain_gain, '/granulate/grain/gain', -120, 24, "dB"],
			[\grain_pan, '/granulate/grain/pan', -1, 1, ""],
			[\grain_scatter, '/granulate/grain/scatter', 0, 100, ""],
			[\grain_length_jitter, '/granulate/grain/length_jitter', 0, 0.99, ""],
			[\grain_start_jitter, '/granulate/grain/start_jitter', nil, nil, ""],
			[\grain_transpose_jitter, '/granulate/grain/transpose_jitter', 0, 48, "semitones"],
			[\grain_gain_jitter, '/granulate/grain/gain_jitter', 0, 120, "dB"],
			[\grain_pan_jitter, '/granulate/grain/pan_jitter', 0, 2, ""],
			[\grain_backwards, '/granulate/grain/backwards', 0, 1, ""],
			[\grain_shortest, '/granulate/grain/shortest', nil, nil, ""],
			[\grain_longest, '/granulate/grain/longest', nil, nil, ""],
			[\grain_curve, '/granulate/grain/curve', 0, 4, ""],
			[\grain_lengthen, '/granulate/grain/lengthen', 0, 16, ""],
			[\grain_quieter, '/granulate/grain/quieter', 0, 24, "dB"],
			[\envelope_kind, '/granulate/envelope/kind', nil, nil, ""],
			[\envelope_taper, '/granulate/envelope/taper', 0, 1, ""],
			[\envelope_attack, '/granulate/envelope/attack', 0, 1, ""],
			[\envelope_release, '/granulate/envelope/release', 0, 1, ""],
			[\envelope_decay, '/granulate/envelope/decay', 1, 200, "dB"],
			[\envelope_reversed, '/granulate/envelope/reversed', nil, nil, ""],
			[\envelope_width, '/granulate/envelope/width', 0.01, 1, ""],
			[\spectrum_kind, '/granulate/spectrum/kind', nil, nil, ""],
			[\spectrum_part, '/granulate/spectrum/part', 0.001, 1, ""],
			[\spectrum_width, '/granulate/spectrum/width', 0, 8388608, ""],
			[\phase_kind, '/granulate/phase/kind', nil, nil, ""],
			[\phase_centred, '/granulate/phase/centred', nil, nil, ""],
			[\phase_imaginary, '/granulate/phase/imaginary', -1000, 1000, ""],
			[\phase_amount, '/granulate/phase/amount', 0, 1, ""],
			[\phase_reach, '/granulate/phase/reach', nil, nil, ""],
			[\phase_linked, '/granulate/phase/linked', nil, nil, ""],
			[\phase_tolerance, '/granulate/phase/tolerance', 1e-12, 1, ""],
			[\phase_iterations, '/granulate/phase/iterations', 1, 1000, ""],
			[\phase_momentum, '/granulate/phase/momentum', 0, 1, ""],
			[\phase_start, '/granulate/phase/start', nil, nil, ""],
			[\output_normalise, '/granulate/output/normalise', nil, nil, ""],
			[\output_peak, '/granulate/output/peak', -60, 0, "dBFS"],
			[\output_loudness, '/granulate/output/loudness', -60, 0, "LUFS"],
			[\output_fade, '/granulate/output/fade', nil, nil, ""],
			[\output_limit, '/granulate/output/limit', nil, nil, ""],
			[\output_sample_rate, '/granulate/output/sample_rate', 1000, 768000, "Hz"],
			[\output_subtype, '/granulate/output/subtype', nil, nil, ""],
			[\input_gain, '/granulate/input/gain', -60, 60, "dB"],
			[\input_channel, '/granulate/input/channel', 0, 64, ""],
			[\input_seconds, '/granulate/input/seconds', 0.1, 600, "s"],
			[\input_sampling, '/granulate/input/sampling', nil, nil, ""],
			[\input_every, '/granulate/input/every', 0.5, 600, "s"],
			[\input_hold, '/granulate/input/hold', 1, 3600, "s"],
			[\master_gain, '/granulate/master/gain', -120, 24, "dB"]
		].do { |row|
			specs[row[0]] = (address: row[1], minimum: row[2], maximum: row[3], unit: row[4])
		}
	}

	*new { |port = 9000, host = "127.0.0.1"|
		^super.new.init(NetAddr(host, port))
	}

	init { |address|
		net = address;
		values = IdentityDictionary.new;
		answers = OSCFunc({ |message|
			"granulate: % (%)".format(message[2], message[1]).warn;
			this.changed(\error, message[1], message[2])
		}, '/granulate/error', net).permanent_(true)
	}

	// parameters

	set { |name ... given|
		net.sendMsg(this.spec(name)[\address], *Granulate.flat(given))
	}

	get { |name, action|
		var address = this.spec(name)[\address];
		OSCFunc({ |message| action.value(Granulate.single(message)) }, address, net).oneShot;
		net.sendMsg(address)
	}

	spec { |name|
		^specs[name.asSymbol] ?? { Error("granulate has no parameter '%'".format(name)).throw }
	}

	// what is done once

	play { |grain, gain = 0, rate = 1, pan = 0|
		net.sendMsg('/granulate/grain/play', grain.asInteger, gain.asFloat, rate.asFloat, pan.asFloat)
	}

	goto { |x, y, z|
		net.sendMsg('/granulate/walk/goto', *[x, y, z].reject(_.isNil).collect(_.asFloat))
	}

	gesture { |points|
		net.sendMsg('/granulate/gesture', *points.flat.collect(_.asFloat))
	}

	keepTo { |grains|
		net.sendMsg('/granulate/walk/select', *grains.asArray.collect(_.asInteger))
	}

	panic { net.sendMsg('/granulate/panic') }
	start { net.sendMsg('/granulate/start') }
	stop { net.sendMsg('/granulate/stop') }

	record { |on = true|
		net.sendMsg('/granulate/record', on.asBoolean.binaryValue)
	}

	preset { |name|
		this.morph(name, 0)
	}

	morph { |name, seconds = 2|
		net.sendMsg('/granulate/preset', name.asString, seconds.asFloat)
	}

	corpus { |path|
		net.sendMsg('/granulate/corpus', path.standardizePath)
	}

	ping { |action|
		OSCFunc({ action.value(this) }, '/granulate/pong', net).oneShot;
		net.sendMsg('/granulate/ping')
	}

	// what is heard of it

	subscribe { |rate = 20|
		this.prListen;
		renewal !? { renewal.stop };
		net.sendMsg('/granulate/subscribe', rate.asFloat);
		renewal = SkipJack({ net.sendMsg('/granulate/subscribe', rate.asFloat) }, 10, name: "granulate")
	}

	unsubscribe {
		renewal !? { renewal.stop };
		renewal = nil;
		feedback.do(_.free);
		feedback = nil;
		net.sendMsg('/granulate/unsubscribe')
	}

	free {
		if(renewal.notNil) { this.unsubscribe };
		answers.free
	}

	prListen {
		feedback ?? {
			feedback = [
				this.prOn('/granulate/feedback/grain', { |message|
					grain = message[1];
					this.changed(\grain, grain)
				}),
				this.prOn('/granulate/feedback/position', { |message|
					position = message[1..];
					this.changed(\position, position)
				}),
				this.prOn('/granulate/feedback/level', { |message|
					levels = message[1..];
					this.changed(\levels, levels)
				})
			] ++ specs.keys.asArray.collect { |name|
				this.prOn(specs[name][\address], { |message|
					values[name] = Granulate.single(message);
					this.changed(\value, name, values[name])
				})
			}
		}
	}

	prOn { |address, action|
		^OSCFunc(action, address, net).permanent_(true)
	}

	// nil unsets; truth is 1 and 0; what is nested is sent flat

	*flat { |given|
		^given.flat.collect { |value|
			case
			{ value.isNil } { \unset }
			{ value.isKindOf(Boolean) } { value.binaryValue }
			{ value }
		}
	}

	*single { |message|
		^if(message.size == 2) { message[1] } { message[1..] }
	}
}
