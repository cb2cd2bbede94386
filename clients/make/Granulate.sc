// Plays `granulate live` over OSC. Written by `python -m clients.make`: change it there.

Granulate {
	classvar <specs;
	var <net, <values, <levels, <position, <grain, answers, feedback, renewal;

	*initClass {
		specs = IdentityDictionary.new;
		#[
			$specs
		].do { |row|
			specs[row[0]] = (address: row[1], minimum: row[2], maximum: row[3], unit: row[4])
		}
	}

	*new { |port = $port, host = "127.0.0.1"|
		^super.new.init(NetAddr(host, port))
	}

	init { |address|
		net = address;
		values = IdentityDictionary.new;
		answers = OSCFunc({ |message|
			"granulate: % (%)".format(message[2], message[1]).warn;
			this.changed(\error, message[1], message[2])
		}, '$root/error', net).permanent_(true)
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
		net.sendMsg('$at_play', grain.asInteger, gain.asFloat, rate.asFloat, pan.asFloat)
	}

	goto { |x, y, z|
		net.sendMsg('$at_goto', *[x, y, z].reject(_.isNil).collect(_.asFloat))
	}

	gesture { |points|
		net.sendMsg('$at_gesture', *points.flat.collect(_.asFloat))
	}

	keepTo { |grains|
		net.sendMsg('$at_select', *grains.asArray.collect(_.asInteger))
	}

	panic { net.sendMsg('$at_panic') }
	start { net.sendMsg('$at_start') }
	stop { net.sendMsg('$at_stop') }

	record { |on = true|
		net.sendMsg('$at_record', on.asBoolean.binaryValue)
	}

	preset { |name|
		this.morph(name, 0)
	}

	morph { |name, seconds = 2|
		net.sendMsg('$at_preset', name.asString, seconds.asFloat)
	}

	corpus { |path|
		net.sendMsg('$at_corpus', path.standardizePath)
	}

	ping { |action|
		OSCFunc({ action.value(this) }, '$root/pong', net).oneShot;
		net.sendMsg('$at_ping')
	}

	// what is heard of it

	subscribe { |rate = $rate|
		this.prListen;
		renewal !? { renewal.stop };
		net.sendMsg('$at_subscribe', rate.asFloat);
		renewal = SkipJack({ net.sendMsg('$at_subscribe', rate.asFloat) }, $renew, name: "granulate")
	}

	unsubscribe {
		renewal !? { renewal.stop };
		renewal = nil;
		feedback.do(_.free);
		feedback = nil;
		net.sendMsg('$at_unsubscribe')
	}

	free {
		if(renewal.notNil) { this.unsubscribe };
		answers.free
	}

	prListen {
		feedback ?? {
			feedback = [
				this.prOn('$root/feedback/grain', { |message|
					grain = message[1];
					this.changed(\grain, grain)
				}),
				this.prOn('$root/feedback/position', { |message|
					position = message[1..];
					this.changed(\position, position)
				}),
				this.prOn('$root/feedback/level', { |message|
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
