{
	"patcher": {
		"fileversion": 1,
		"appversion": {
			"major": 8,
			"minor": 5,
			"revision": 0,
			"architecture": "x64",
			"modernui": 1
		},
		"classnamespace": "box",
		"rect": [
			80.0,
			100.0,
			1180.0,
			660.0
		],
		"bglocked": 0,
		"openinpresentation": 1,
		"default_fontsize": 12.0,
		"default_fontface": 0,
		"default_fontname": "Arial",
		"gridonopen": 1,
		"gridsize": [
			15.0,
			15.0
		],
		"gridsnaponopen": 1,
		"objectsnaponopen": 1,
		"statusbarvisible": 2,
		"toolbarvisible": 1,
		"boxes": [
			{
				"box": {
					"fontface": 1,
					"fontsize": 13.0,
					"id": "obj-1",
					"maxclass": "comment",
					"numinlets": 1,
					"numoutlets": 0,
					"patching_rect": [
						20,
						226.0,
						76,
						22
					],
					"presentation": 1,
					"presentation_rect": [
						12.0,
						34.0,
						76,
						22
					],
					"text": "walk"
				}
			},
			{
				"box": {
					"id": "obj-2",
					"items": [
						"listen",
						",",
						"original",
						",",
						"reverse",
						",",
						"shuffle",
						",",
						"embedding",
						",",
						"descriptor",
						",",
						"tour",
						",",
						"walk",
						",",
						"drunk",
						",",
						"gesture",
						",",
						"target",
						",",
						"clusters",
						",",
						"flow"
					],
					"maxclass": "umenu",
					"numinlets": 1,
					"numoutlets": 3,
					"outlettype": [
						"int",
						"",
						""
					],
					"patching_rect": [
						150,
						292.0,
						120,
						22
					],
					"presentation": 1,
					"presentation_rect": [
						92.0,
						34.0,
						120,
						22
					]
				}
			},
			{
				"box": {
					"id": "obj-3",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						460,
						292.0,
						208.0,
						22.0
					],
					"text": "prepend /granulate/path/kind"
				}
			},
			{
				"box": {
					"id": "obj-4",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 0,
					"patching_rect": [
						800,
						292.0,
						117.0,
						22.0
					],
					"text": "s granulate-out"
				}
			},
			{
				"box": {
					"id": "obj-5",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						20,
						262.0,
						131.0,
						22.0
					],
					"text": "prepend setsymbol"
				}
			},
			{
				"box": {
					"annotation": "/granulate/path/step: the furthest that the point follows with each grain; 1 is the width of the map",
					"id": "obj-6",
					"maxclass": "live.dial",
					"numinlets": 1,
					"numoutlets": 2,
					"outlettype": [
						"",
						"float"
					],
					"parameter_enable": 1,
					"patching_rect": [
						150.0,
						358.0,
						44,
						48
					],
					"presentation": 1,
					"presentation_rect": [
						12.0,
						60.0,
						68.0,
						48
					],
					"saved_attribute_attributes": {
						"valueof": {
							"parameter_exponent": 3.0,
							"parameter_longname": "path/step",
							"parameter_mmax": 10.0,
							"parameter_mmin": 0.001,
							"parameter_shortname": "step",
							"parameter_type": 0,
							"parameter_unitstyle": 1
						}
					},
					"varname": "path/step"
				}
			},
			{
				"box": {
					"id": "obj-7",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						460,
						358.0,
						208.0,
						22.0
					],
					"text": "prepend /granulate/path/step"
				}
			},
			{
				"box": {
					"id": "obj-8",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 0,
					"patching_rect": [
						800,
						358.0,
						117.0,
						22.0
					],
					"text": "s granulate-out"
				}
			},
			{
				"box": {
					"id": "obj-9",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						20,
						328.0,
						89.0,
						22.0
					],
					"text": "prepend set"
				}
			},
			{
				"box": {
					"annotation": "/granulate/path/radius: grains further than this from the point are left out, unless there are no others",
					"id": "obj-10",
					"maxclass": "live.dial",
					"numinlets": 1,
					"numoutlets": 2,
					"outlettype": [
						"",
						"float"
					],
					"parameter_enable": 1,
					"patching_rect": [
						150.0,
						424.0,
						44,
						48
					],
					"presentation": 1,
					"presentation_rect": [
						86.0,
						60.0,
						68.0,
						48
					],
					"saved_attribute_attributes": {
						"valueof": {
							"parameter_exponent": 3.0,
							"parameter_longname": "path/radius",
							"parameter_mmax": 10.0,
							"parameter_mmin": 0.01,
							"parameter_shortname": "radius",
							"parameter_type": 0,
							"parameter_unitstyle": 1
						}
					},
					"varname": "path/radius"
				}
			},
			{
				"box": {
					"id": "obj-11",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						460,
						424.0,
						222.0,
						22.0
					],
					"text": "prepend /granulate/path/radius"
				}
			},
			{
				"box": {
					"id": "obj-12",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 0,
					"patching_rect": [
						800,
						424.0,
						117.0,
						22.0
					],
					"text": "s granulate-out"
				}
			},
			{
				"box": {
					"id": "obj-13",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						20,
						394.0,
						89.0,
						22.0
					],
					"text": "prepend set"
				}
			},
			{
				"box": {
					"annotation": "/granulate/path/neighbours: how many of the nearest grains to choose among; unset is 8, or all there are",
					"id": "obj-14",
					"maxclass": "live.dial",
					"numinlets": 1,
					"numoutlets": 2,
					"outlettype": [
						"",
						"float"
					],
					"parameter_enable": 1,
					"patching_rect": [
						150.0,
						490.0,
						44,
						48
					],
					"presentation": 1,
					"presentation_rect": [
						160.0,
						60.0,
						68.0,
						48
					],
					"saved_attribute_attributes": {
						"valueof": {
							"parameter_exponent": 1.0,
							"parameter_longname": "path/neighbours",
							"parameter_mmax": 64.0,
							"parameter_mmin": 1.0,
							"parameter_shortname": "neighbours",
							"parameter_type": 0,
							"parameter_unitstyle": 0
						}
					},
					"varname": "path/neighbours"
				}
			},
			{
				"box": {
					"id": "obj-15",
					"maxclass": "newobj",
					"numinlets": 2,
					"numoutlets": 1,
					"outlettype": [
						"int"
					],
					"patching_rect": [
						300,
						490.0,
						30.0,
						22.0
					],
					"text": "i"
				}
			},
			{
				"box": {
					"id": "obj-16",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						460,
						490.0,
						250.0,
						22.0
					],
					"text": "prepend /granulate/path/neighbours"
				}
			},
			{
				"box": {
					"id": "obj-17",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 0,
					"patching_rect": [
						800,
						490.0,
						117.0,
						22.0
					],
					"text": "s granulate-out"
				}
			},
			{
				"box": {
					"id": "obj-18",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 2,
					"outlettype": [
						"",
						""
					],
					"patching_rect": [
						20,
						556.0,
						89.0,
						22.0
					],
					"text": "route unset"
				}
			},
			{
				"box": {
					"id": "obj-19",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						120,
						622.0,
						89.0,
						22.0
					],
					"text": "prepend set"
				}
			},
			{
				"box": {
					"id": "obj-20",
					"maxclass": "message",
					"numinlets": 2,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						300,
						520.0,
						47.0,
						22.0
					],
					"presentation": 1,
					"presentation_rect": [
						172.0,
						110.0,
						44,
						20
					],
					"text": "unset"
				}
			},
			{
				"box": {
					"id": "obj-21",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						460,
						622.0,
						250.0,
						22.0
					],
					"text": "prepend /granulate/path/neighbours"
				}
			},
			{
				"box": {
					"id": "obj-22",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 0,
					"patching_rect": [
						800,
						622.0,
						117.0,
						22.0
					],
					"text": "s granulate-out"
				}
			},
			{
				"box": {
					"annotation": "/granulate/path/temperature: 0 always plays the nearest; more plays further ones more often",
					"id": "obj-23",
					"maxclass": "live.dial",
					"numinlets": 1,
					"numoutlets": 2,
					"outlettype": [
						"",
						"float"
					],
					"parameter_enable": 1,
					"patching_rect": [
						150.0,
						688.0,
						44,
						48
					],
					"presentation": 1,
					"presentation_rect": [
						234.0,
						60.0,
						68.0,
						48
					],
					"saved_attribute_attributes": {
						"valueof": {
							"parameter_exponent": 1.0,
							"parameter_longname": "path/temperature",
							"parameter_mmax": 2.0,
							"parameter_mmin": 0.0,
							"parameter_shortname": "temperature",
							"parameter_type": 0,
							"parameter_unitstyle": 1
						}
					},
					"varname": "path/temperature"
				}
			},
			{
				"box": {
					"id": "obj-24",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						460,
						688.0,
						257.0,
						22.0
					],
					"text": "prepend /granulate/path/temperature"
				}
			},
			{
				"box": {
					"id": "obj-25",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 0,
					"patching_rect": [
						800,
						688.0,
						117.0,
						22.0
					],
					"text": "s granulate-out"
				}
			},
			{
				"box": {
					"id": "obj-26",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						20,
						658.0,
						89.0,
						22.0
					],
					"text": "prepend set"
				}
			},
			{
				"box": {
					"annotation": "/granulate/path/momentum: how much of its last move the point makes again: 0 turns at once",
					"id": "obj-27",
					"maxclass": "live.dial",
					"numinlets": 1,
					"numoutlets": 2,
					"outlettype": [
						"",
						"float"
					],
					"parameter_enable": 1,
					"patching_rect": [
						150.0,
						754.0,
						44,
						48
					],
					"presentation": 1,
					"presentation_rect": [
						308.0,
						60.0,
						68.0,
						48
					],
					"saved_attribute_attributes": {
						"valueof": {
							"parameter_exponent": 1.0,
							"parameter_longname": "path/momentum",
							"parameter_mmax": 0.99,
							"parameter_mmin": 0.0,
							"parameter_shortname": "momentum",
							"parameter_type": 0,
							"parameter_unitstyle": 1
						}
					},
					"varname": "path/momentum"
				}
			},
			{
				"box": {
					"id": "obj-28",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						460,
						754.0,
						236.0,
						22.0
					],
					"text": "prepend /granulate/path/momentum"
				}
			},
			{
				"box": {
					"id": "obj-29",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 0,
					"patching_rect": [
						800,
						754.0,
						117.0,
						22.0
					],
					"text": "s granulate-out"
				}
			},
			{
				"box": {
					"id": "obj-30",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						20,
						724.0,
						89.0,
						22.0
					],
					"text": "prepend set"
				}
			},
			{
				"box": {
					"annotation": "/granulate/path/continuity: how often the grain that followed in the recording is played next; 1 plays on",
					"id": "obj-31",
					"maxclass": "live.dial",
					"numinlets": 1,
					"numoutlets": 2,
					"outlettype": [
						"",
						"float"
					],
					"parameter_enable": 1,
					"patching_rect": [
						150.0,
						820.0,
						44,
						48
					],
					"presentation": 1,
					"presentation_rect": [
						382.0,
						60.0,
						68.0,
						48
					],
					"saved_attribute_attributes": {
						"valueof": {
							"parameter_exponent": 1.0,
							"parameter_longname": "path/continuity",
							"parameter_mmax": 2.0,
							"parameter_mmin": 0.0,
							"parameter_shortname": "continuity",
							"parameter_type": 0,
							"parameter_unitstyle": 1
						}
					},
					"varname": "path/continuity"
				}
			},
			{
				"box": {
					"id": "obj-32",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						460,
						820.0,
						250.0,
						22.0
					],
					"text": "prepend /granulate/path/continuity"
				}
			},
			{
				"box": {
					"id": "obj-33",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 0,
					"patching_rect": [
						800,
						820.0,
						117.0,
						22.0
					],
					"text": "s granulate-out"
				}
			},
			{
				"box": {
					"id": "obj-34",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						20,
						790.0,
						89.0,
						22.0
					],
					"text": "prepend set"
				}
			},
			{
				"box": {
					"annotation": "/granulate/path/rest: events for which a grain rests after it was played",
					"id": "obj-35",
					"maxclass": "live.dial",
					"numinlets": 1,
					"numoutlets": 2,
					"outlettype": [
						"",
						"float"
					],
					"parameter_enable": 1,
					"patching_rect": [
						150.0,
						886.0,
						44,
						48
					],
					"presentation": 1,
					"presentation_rect": [
						456.0,
						60.0,
						68.0,
						48
					],
					"saved_attribute_attributes": {
						"valueof": {
							"parameter_exponent": 1.0,
							"parameter_longname": "path/rest",
							"parameter_mmax": 256.0,
							"parameter_mmin": 0.0,
							"parameter_shortname": "rest",
							"parameter_type": 0,
							"parameter_unitstyle": 0
						}
					},
					"varname": "path/rest"
				}
			},
			{
				"box": {
					"id": "obj-36",
					"maxclass": "newobj",
					"numinlets": 2,
					"numoutlets": 1,
					"outlettype": [
						"int"
					],
					"patching_rect": [
						300,
						886.0,
						30.0,
						22.0
					],
					"text": "i"
				}
			},
			{
				"box": {
					"id": "obj-37",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						460,
						886.0,
						208.0,
						22.0
					],
					"text": "prepend /granulate/path/rest"
				}
			},
			{
				"box": {
					"id": "obj-38",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 0,
					"patching_rect": [
						800,
						886.0,
						117.0,
						22.0
					],
					"text": "s granulate-out"
				}
			},
			{
				"box": {
					"id": "obj-39",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						20,
						856.0,
						89.0,
						22.0
					],
					"text": "prepend set"
				}
			},
			{
				"box": {
					"annotation": "/granulate/path/floor: grains quieter than this are not played; unset plays all",
					"id": "obj-40",
					"maxclass": "live.dial",
					"numinlets": 1,
					"numoutlets": 2,
					"outlettype": [
						"",
						"float"
					],
					"parameter_enable": 1,
					"patching_rect": [
						150.0,
						952.0,
						44,
						48
					],
					"presentation": 1,
					"presentation_rect": [
						12.0,
						134.0,
						68.0,
						48
					],
					"saved_attribute_attributes": {
						"valueof": {
							"parameter_exponent": 1.0,
							"parameter_longname": "path/floor",
							"parameter_mmax": 0.0,
							"parameter_mmin": -100.0,
							"parameter_shortname": "floor",
							"parameter_type": 0,
							"parameter_unitstyle": 4
						}
					},
					"varname": "path/floor"
				}
			},
			{
				"box": {
					"id": "obj-41",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						460,
						952.0,
						215.0,
						22.0
					],
					"text": "prepend /granulate/path/floor"
				}
			},
			{
				"box": {
					"id": "obj-42",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 0,
					"patching_rect": [
						800,
						952.0,
						117.0,
						22.0
					],
					"text": "s granulate-out"
				}
			},
			{
				"box": {
					"id": "obj-43",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 2,
					"outlettype": [
						"",
						""
					],
					"patching_rect": [
						20,
						1018.0,
						89.0,
						22.0
					],
					"text": "route unset"
				}
			},
			{
				"box": {
					"id": "obj-44",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						120,
						1084.0,
						89.0,
						22.0
					],
					"text": "prepend set"
				}
			},
			{
				"box": {
					"id": "obj-45",
					"maxclass": "message",
					"numinlets": 2,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						300,
						982.0,
						47.0,
						22.0
					],
					"presentation": 1,
					"presentation_rect": [
						24.0,
						184.0,
						44,
						20
					],
					"text": "unset"
				}
			},
			{
				"box": {
					"id": "obj-46",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						460,
						1084.0,
						215.0,
						22.0
					],
					"text": "prepend /granulate/path/floor"
				}
			},
			{
				"box": {
					"id": "obj-47",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 0,
					"patching_rect": [
						800,
						1084.0,
						117.0,
						22.0
					],
					"text": "s granulate-out"
				}
			},
			{
				"box": {
					"annotation": "/granulate/path/seconds: restart for so long instead (no two machines then get one result)",
					"id": "obj-48",
					"maxclass": "live.dial",
					"numinlets": 1,
					"numoutlets": 2,
					"outlettype": [
						"",
						"float"
					],
					"parameter_enable": 1,
					"patching_rect": [
						150.0,
						1150.0,
						44,
						48
					],
					"presentation": 1,
					"presentation_rect": [
						86.0,
						134.0,
						68.0,
						48
					],
					"saved_attribute_attributes": {
						"valueof": {
							"parameter_exponent": 3.0,
							"parameter_longname": "path/seconds",
							"parameter_mmax": 120.0,
							"parameter_mmin": 1.0,
							"parameter_shortname": "seconds",
							"parameter_type": 0,
							"parameter_unitstyle": 1
						}
					},
					"varname": "path/seconds"
				}
			},
			{
				"box": {
					"id": "obj-49",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						460,
						1150.0,
						229.0,
						22.0
					],
					"text": "prepend /granulate/path/seconds"
				}
			},
			{
				"box": {
					"id": "obj-50",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 0,
					"patching_rect": [
						800,
						1150.0,
						117.0,
						22.0
					],
					"text": "s granulate-out"
				}
			},
			{
				"box": {
					"id": "obj-51",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						20,
						1120.0,
						89.0,
						22.0
					],
					"text": "prepend set"
				}
			},
			{
				"box": {
					"annotation": "/granulate/path/dwell: grains played in each before the next",
					"id": "obj-52",
					"maxclass": "live.dial",
					"numinlets": 1,
					"numoutlets": 2,
					"outlettype": [
						"",
						"float"
					],
					"parameter_enable": 1,
					"patching_rect": [
						150.0,
						1216.0,
						44,
						48
					],
					"presentation": 1,
					"presentation_rect": [
						160.0,
						134.0,
						68.0,
						48
					],
					"saved_attribute_attributes": {
						"valueof": {
							"parameter_exponent": 1.0,
							"parameter_longname": "path/dwell",
							"parameter_mmax": 200.0,
							"parameter_mmin": 1.0,
							"parameter_shortname": "dwell",
							"parameter_type": 0,
							"parameter_unitstyle": 0
						}
					},
					"varname": "path/dwell"
				}
			},
			{
				"box": {
					"id": "obj-53",
					"maxclass": "newobj",
					"numinlets": 2,
					"numoutlets": 1,
					"outlettype": [
						"int"
					],
					"patching_rect": [
						300,
						1216.0,
						30.0,
						22.0
					],
					"text": "i"
				}
			},
			{
				"box": {
					"id": "obj-54",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						460,
						1216.0,
						215.0,
						22.0
					],
					"text": "prepend /granulate/path/dwell"
				}
			},
			{
				"box": {
					"id": "obj-55",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 0,
					"patching_rect": [
						800,
						1216.0,
						117.0,
						22.0
					],
					"text": "s granulate-out"
				}
			},
			{
				"box": {
					"id": "obj-56",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						20,
						1186.0,
						89.0,
						22.0
					],
					"text": "prepend set"
				}
			},
			{
				"box": {
					"annotation": "/granulate/path/speed: 1 goes as fast as the recordings do",
					"id": "obj-57",
					"maxclass": "live.dial",
					"numinlets": 1,
					"numoutlets": 2,
					"outlettype": [
						"",
						"float"
					],
					"parameter_enable": 1,
					"patching_rect": [
						150.0,
						1282.0,
						44,
						48
					],
					"presentation": 1,
					"presentation_rect": [
						234.0,
						134.0,
						68.0,
						48
					],
					"saved_attribute_attributes": {
						"valueof": {
							"parameter_exponent": 1.0,
							"parameter_longname": "path/speed",
							"parameter_mmax": 4.0,
							"parameter_mmin": 0.0,
							"parameter_shortname": "speed",
							"parameter_type": 0,
							"parameter_unitstyle": 1
						}
					},
					"varname": "path/speed"
				}
			},
			{
				"box": {
					"id": "obj-58",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						460,
						1282.0,
						215.0,
						22.0
					],
					"text": "prepend /granulate/path/speed"
				}
			},
			{
				"box": {
					"id": "obj-59",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 0,
					"patching_rect": [
						800,
						1282.0,
						117.0,
						22.0
					],
					"text": "s granulate-out"
				}
			},
			{
				"box": {
					"id": "obj-60",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						20,
						1252.0,
						89.0,
						22.0
					],
					"text": "prepend set"
				}
			},
			{
				"box": {
					"annotation": "/granulate/path/pull: how far the point is drawn to the grain that was played: 0 drifts, 1 stays on grains",
					"id": "obj-61",
					"maxclass": "live.dial",
					"numinlets": 1,
					"numoutlets": 2,
					"outlettype": [
						"",
						"float"
					],
					"parameter_enable": 1,
					"patching_rect": [
						150.0,
						1348.0,
						44,
						48
					],
					"presentation": 1,
					"presentation_rect": [
						308.0,
						134.0,
						68.0,
						48
					],
					"saved_attribute_attributes": {
						"valueof": {
							"parameter_exponent": 1.0,
							"parameter_longname": "path/pull",
							"parameter_mmax": 1.0,
							"parameter_mmin": 0.0,
							"parameter_shortname": "pull",
							"parameter_type": 0,
							"parameter_unitstyle": 1
						}
					},
					"varname": "path/pull"
				}
			},
			{
				"box": {
					"id": "obj-62",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						460,
						1348.0,
						208.0,
						22.0
					],
					"text": "prepend /granulate/path/pull"
				}
			},
			{
				"box": {
					"id": "obj-63",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 0,
					"patching_rect": [
						800,
						1348.0,
						117.0,
						22.0
					],
					"text": "s granulate-out"
				}
			},
			{
				"box": {
					"id": "obj-64",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						20,
						1318.0,
						89.0,
						22.0
					],
					"text": "prepend set"
				}
			},
			{
				"box": {
					"id": "obj-65",
					"maxclass": "toggle",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						"int"
					],
					"patching_rect": [
						150.0,
						1414.0,
						24,
						24
					],
					"presentation": 1,
					"presentation_rect": [
						402.0,
						154.0,
						24,
						24
					]
				}
			},
			{
				"box": {
					"id": "obj-66",
					"maxclass": "comment",
					"numinlets": 1,
					"numoutlets": 0,
					"patching_rect": [
						150,
						1480.0,
						74.0,
						20
					],
					"presentation": 1,
					"presentation_rect": [
						382.0,
						134.0,
						74.0,
						20
					],
					"text": "loop"
				}
			},
			{
				"box": {
					"id": "obj-67",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						460,
						1480.0,
						208.0,
						22.0
					],
					"text": "prepend /granulate/path/loop"
				}
			},
			{
				"box": {
					"id": "obj-68",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 0,
					"patching_rect": [
						800,
						1480.0,
						117.0,
						22.0
					],
					"text": "s granulate-out"
				}
			},
			{
				"box": {
					"id": "obj-69",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						20,
						1450.0,
						89.0,
						22.0
					],
					"text": "prepend set"
				}
			},
			{
				"box": {
					"fontface": 1,
					"fontsize": 13.0,
					"id": "obj-70",
					"maxclass": "comment",
					"numinlets": 1,
					"numoutlets": 0,
					"patching_rect": [
						20,
						1546.0,
						76,
						22
					],
					"presentation": 1,
					"presentation_rect": [
						12.0,
						212.0,
						76,
						22
					],
					"text": "grain"
				}
			},
			{
				"box": {
					"id": "obj-71",
					"items": [
						"sync",
						",",
						"whole",
						",",
						"cloud",
						",",
						"distance"
					],
					"maxclass": "umenu",
					"numinlets": 1,
					"numoutlets": 3,
					"outlettype": [
						"int",
						"",
						""
					],
					"patching_rect": [
						150,
						1612.0,
						120,
						22
					],
					"presentation": 1,
					"presentation_rect": [
						92.0,
						212.0,
						120,
						22
					]
				}
			},
			{
				"box": {
					"id": "obj-72",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						460,
						1612.0,
						215.0,
						22.0
					],
					"text": "prepend /granulate/grain/kind"
				}
			},
			{
				"box": {
					"id": "obj-73",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 0,
					"patching_rect": [
						800,
						1612.0,
						117.0,
						22.0
					],
					"text": "s granulate-out"
				}
			},
			{
				"box": {
					"id": "obj-74",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						20,
						1582.0,
						131.0,
						22.0
					],
					"text": "prepend setsymbol"
				}
			},
			{
				"box": {
					"annotation": "/granulate/grain/density: grains per second",
					"id": "obj-75",
					"maxclass": "live.dial",
					"numinlets": 1,
					"numoutlets": 2,
					"outlettype": [
						"",
						"float"
					],
					"parameter_enable": 1,
					"patching_rect": [
						150.0,
						1678.0,
						44,
						48
					],
					"presentation": 1,
					"presentation_rect": [
						12.0,
						238.0,
						68.0,
						48
					],
					"saved_attribute_attributes": {
						"valueof": {
							"parameter_exponent": 3.0,
							"parameter_longname": "grain/density",
							"parameter_mmax": 1000.0,
							"parameter_mmin": 1.0,
							"parameter_shortname": "density",
							"parameter_type": 0,
							"parameter_unitstyle": 1
						}
					},
					"varname": "grain/density"
				}
			},
			{
				"box": {
					"id": "obj-76",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						460,
						1678.0,
						236.0,
						22.0
					],
					"text": "prepend /granulate/grain/density"
				}
			},
			{
				"box": {
					"id": "obj-77",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 0,
					"patching_rect": [
						800,
						1678.0,
						117.0,
						22.0
					],
					"text": "s granulate-out"
				}
			},
			{
				"box": {
					"id": "obj-78",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						20,
						1648.0,
						89.0,
						22.0
					],
					"text": "prepend set"
				}
			},
			{
				"box": {
					"annotation": "/granulate/grain/repeat: grains played at each place of the path",
					"id": "obj-79",
					"maxclass": "live.dial",
					"numinlets": 1,
					"numoutlets": 2,
					"outlettype": [
						"",
						"float"
					],
					"parameter_enable": 1,
					"patching_rect": [
						150.0,
						1744.0,
						44,
						48
					],
					"presentation": 1,
					"presentation_rect": [
						86.0,
						238.0,
						68.0,
						48
					],
					"saved_attribute_attributes": {
						"valueof": {
							"parameter_exponent": 1.0,
							"parameter_longname": "grain/repeat",
							"parameter_mmax": 16.0,
							"parameter_mmin": 1.0,
							"parameter_shortname": "repeat",
							"parameter_type": 0,
							"parameter_unitstyle": 0
						}
					},
					"varname": "grain/repeat"
				}
			},
			{
				"box": {
					"id": "obj-80",
					"maxclass": "newobj",
					"numinlets": 2,
					"numoutlets": 1,
					"outlettype": [
						"int"
					],
					"patching_rect": [
						300,
						1744.0,
						30.0,
						22.0
					],
					"text": "i"
				}
			},
			{
				"box": {
					"id": "obj-81",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						460,
						1744.0,
						229.0,
						22.0
					],
					"text": "prepend /granulate/grain/repeat"
				}
			},
			{
				"box": {
					"id": "obj-82",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 0,
					"patching_rect": [
						800,
						1744.0,
						117.0,
						22.0
					],
					"text": "s granulate-out"
				}
			},
			{
				"box": {
					"id": "obj-83",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						20,
						1714.0,
						89.0,
						22.0
					],
					"text": "prepend set"
				}
			},
			{
				"box": {
					"annotation": "/granulate/grain/length: how long each sounds",
					"id": "obj-84",
					"maxclass": "live.dial",
					"numinlets": 1,
					"numoutlets": 2,
					"outlettype": [
						"",
						"float"
					],
					"parameter_enable": 1,
					"patching_rect": [
						150.0,
						1810.0,
						44,
						48
					],
					"presentation": 1,
					"presentation_rect": [
						160.0,
						238.0,
						68.0,
						48
					],
					"saved_attribute_attributes": {
						"valueof": {
							"parameter_exponent": 3.0,
							"parameter_longname": "grain/length",
							"parameter_mmax": 2000.0,
							"parameter_mmin": 1.0,
							"parameter_shortname": "length",
							"parameter_type": 0,
							"parameter_unitstyle": 2
						}
					},
					"varname": "grain/length"
				}
			},
			{
				"box": {
					"id": "obj-85",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						300,
						1810.0,
						110.0,
						22.0
					],
					"text": "sprintf %.1fms"
				}
			},
			{
				"box": {
					"id": "obj-86",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						460,
						1810.0,
						229.0,
						22.0
					],
					"text": "prepend /granulate/grain/length"
				}
			},
			{
				"box": {
					"id": "obj-87",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 0,
					"patching_rect": [
						800,
						1810.0,
						117.0,
						22.0
					],
					"text": "s granulate-out"
				}
			},
			{
				"box": {
					"id": "obj-88",
					"maxclass": "message",
					"numinlets": 2,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						20,
						1810.0,
						30.0,
						22.0
					],
					"presentation": 1,
					"presentation_rect": [
						164.0,
						287.0,
						58.0,
						20
					],
					"text": ""
				}
			},
			{
				"box": {
					"id": "obj-89",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						20,
						1780.0,
						89.0,
						22.0
					],
					"text": "prepend set"
				}
			},
			{
				"box": {
					"annotation": "/granulate/grain/transpose: transposition",
					"id": "obj-90",
					"maxclass": "live.dial",
					"numinlets": 1,
					"numoutlets": 2,
					"outlettype": [
						"",
						"float"
					],
					"parameter_enable": 1,
					"patching_rect": [
						150.0,
						1876.0,
						44,
						48
					],
					"presentation": 1,
					"presentation_rect": [
						234.0,
						238.0,
						68.0,
						48
					],
					"saved_attribute_attributes": {
						"valueof": {
							"parameter_exponent": 1.0,
							"parameter_longname": "grain/transpose",
							"parameter_mmax": 24.0,
							"parameter_mmin": -24.0,
							"parameter_shortname": "transpose",
							"parameter_type": 0,
							"parameter_unitstyle": 1
						}
					},
					"varname": "grain/transpose"
				}
			},
			{
				"box": {
					"id": "obj-91",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						460,
						1876.0,
						250.0,
						22.0
					],
					"text": "prepend /granulate/grain/transpose"
				}
			},
			{
				"box": {
					"id": "obj-92",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 0,
					"patching_rect": [
						800,
						1876.0,
						117.0,
						22.0
					],
					"text": "s granulate-out"
				}
			},
			{
				"box": {
					"id": "obj-93",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						20,
						1846.0,
						89.0,
						22.0
					],
					"text": "prepend set"
				}
			},
			{
				"box": {
					"annotation": "/granulate/grain/gain: level of each grain; dense clouds add up",
					"id": "obj-94",
					"maxclass": "live.dial",
					"numinlets": 1,
					"numoutlets": 2,
					"outlettype": [
						"",
						"float"
					],
					"parameter_enable": 1,
					"patching_rect": [
						150.0,
						1942.0,
						44,
						48
					],
					"presentation": 1,
					"presentation_rect": [
						308.0,
						238.0,
						68.0,
						48
					],
					"saved_attribute_attributes": {
						"valueof": {
							"parameter_exponent": 1.0,
							"parameter_longname": "grain/gain",
							"parameter_mmax": 12.0,
							"parameter_mmin": -60.0,
							"parameter_shortname": "gain",
							"parameter_type": 0,
							"parameter_unitstyle": 4
						}
					},
					"varname": "grain/gain"
				}
			},
			{
				"box": {
					"id": "obj-95",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						460,
						1942.0,
						215.0,
						22.0
					],
					"text": "prepend /granulate/grain/gain"
				}
			},
			{
				"box": {
					"id": "obj-96",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 0,
					"patching_rect": [
						800,
						1942.0,
						117.0,
						22.0
					],
					"text": "s granulate-out"
				}
			},
			{
				"box": {
					"id": "obj-97",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						20,
						1912.0,
						89.0,
						22.0
					],
					"text": "prepend set"
				}
			},
			{
				"box": {
					"annotation": "/granulate/grain/pan: -1 is left, 1 is right",
					"id": "obj-98",
					"maxclass": "live.dial",
					"numinlets": 1,
					"numoutlets": 2,
					"outlettype": [
						"",
						"float"
					],
					"parameter_enable": 1,
					"patching_rect": [
						150.0,
						2008.0,
						44,
						48
					],
					"presentation": 1,
					"presentation_rect": [
						382.0,
						238.0,
						68.0,
						48
					],
					"saved_attribute_attributes": {
						"valueof": {
							"parameter_exponent": 1.0,
							"parameter_longname": "grain/pan",
							"parameter_mmax": 1.0,
							"parameter_mmin": -1.0,
							"parameter_shortname": "pan",
							"parameter_type": 0,
							"parameter_unitstyle": 1
						}
					},
					"varname": "grain/pan"
				}
			},
			{
				"box": {
					"id": "obj-99",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						460,
						2008.0,
						208.0,
						22.0
					],
					"text": "prepend /granulate/grain/pan"
				}
			},
			{
				"box": {
					"id": "obj-100",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 0,
					"patching_rect": [
						800,
						2008.0,
						117.0,
						22.0
					],
					"text": "s granulate-out"
				}
			},
			{
				"box": {
					"id": "obj-101",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						20,
						1978.0,
						89.0,
						22.0
					],
					"text": "prepend set"
				}
			},
			{
				"box": {
					"annotation": "/granulate/grain/scatter: jitter of each time, in intervals",
					"id": "obj-102",
					"maxclass": "live.dial",
					"numinlets": 1,
					"numoutlets": 2,
					"outlettype": [
						"",
						"float"
					],
					"parameter_enable": 1,
					"patching_rect": [
						150.0,
						2074.0,
						44,
						48
					],
					"presentation": 1,
					"presentation_rect": [
						456.0,
						238.0,
						68.0,
						48
					],
					"saved_attribute_attributes": {
						"valueof": {
							"parameter_exponent": 1.0,
							"parameter_longname": "grain/scatter",
							"parameter_mmax": 4.0,
							"parameter_mmin": 0.0,
							"parameter_shortname": "scatter",
							"parameter_type": 0,
							"parameter_unitstyle": 1
						}
					},
					"varname": "grain/scatter"
				}
			},
			{
				"box": {
					"id": "obj-103",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						460,
						2074.0,
						236.0,
						22.0
					],
					"text": "prepend /granulate/grain/scatter"
				}
			},
			{
				"box": {
					"id": "obj-104",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 0,
					"patching_rect": [
						800,
						2074.0,
						117.0,
						22.0
					],
					"text": "s granulate-out"
				}
			},
			{
				"box": {
					"id": "obj-105",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						20,
						2044.0,
						89.0,
						22.0
					],
					"text": "prepend set"
				}
			},
			{
				"box": {
					"annotation": "/granulate/grain/length_jitter: of each length, as a part of it",
					"id": "obj-106",
					"maxclass": "live.dial",
					"numinlets": 1,
					"numoutlets": 2,
					"outlettype": [
						"",
						"float"
					],
					"parameter_enable": 1,
					"patching_rect": [
						150.0,
						2140.0,
						44,
						48
					],
					"presentation": 1,
					"presentation_rect": [
						12.0,
						312.0,
						68.0,
						48
					],
					"saved_attribute_attributes": {
						"valueof": {
							"parameter_exponent": 1.0,
							"parameter_longname": "grain/length_jitter",
							"parameter_mmax": 0.99,
							"parameter_mmin": 0.0,
							"parameter_shortname": "length jitter",
							"parameter_type": 0,
							"parameter_unitstyle": 1
						}
					},
					"varname": "grain/length_jitter"
				}
			},
			{
				"box": {
					"id": "obj-107",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						460,
						2140.0,
						278.0,
						22.0
					],
					"text": "prepend /granulate/grain/length_jitter"
				}
			},
			{
				"box": {
					"id": "obj-108",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 0,
					"patching_rect": [
						800,
						2140.0,
						117.0,
						22.0
					],
					"text": "s granulate-out"
				}
			},
			{
				"box": {
					"id": "obj-109",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						20,
						2110.0,
						89.0,
						22.0
					],
					"text": "prepend set"
				}
			},
			{
				"box": {
					"annotation": "/granulate/grain/start_jitter: of where in the recording each begins, either way",
					"id": "obj-110",
					"maxclass": "live.dial",
					"numinlets": 1,
					"numoutlets": 2,
					"outlettype": [
						"",
						"float"
					],
					"parameter_enable": 1,
					"patching_rect": [
						150.0,
						2206.0,
						44,
						48
					],
					"presentation": 1,
					"presentation_rect": [
						86.0,
						312.0,
						68.0,
						48
					],
					"saved_attribute_attributes": {
						"valueof": {
							"parameter_exponent": 1.0,
							"parameter_longname": "grain/start_jitter",
							"parameter_mmax": 500.0,
							"parameter_mmin": 0.0,
							"parameter_shortname": "start jitter",
							"parameter_type": 0,
							"parameter_unitstyle": 2
						}
					},
					"varname": "grain/start_jitter"
				}
			},
			{
				"box": {
					"id": "obj-111",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						300,
						2206.0,
						110.0,
						22.0
					],
					"text": "sprintf %.1fms"
				}
			},
			{
				"box": {
					"id": "obj-112",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						460,
						2206.0,
						271.0,
						22.0
					],
					"text": "prepend /granulate/grain/start_jitter"
				}
			},
			{
				"box": {
					"id": "obj-113",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 0,
					"patching_rect": [
						800,
						2206.0,
						117.0,
						22.0
					],
					"text": "s granulate-out"
				}
			},
			{
				"box": {
					"id": "obj-114",
					"maxclass": "message",
					"numinlets": 2,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						20,
						2206.0,
						30.0,
						22.0
					],
					"presentation": 1,
					"presentation_rect": [
						90.0,
						361.0,
						58.0,
						20
					],
					"text": ""
				}
			},
			{
				"box": {
					"id": "obj-115",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						20,
						2176.0,
						89.0,
						22.0
					],
					"text": "prepend set"
				}
			},
			{
				"box": {
					"annotation": "/granulate/grain/transpose_jitter: either way",
					"id": "obj-116",
					"maxclass": "live.dial",
					"numinlets": 1,
					"numoutlets": 2,
					"outlettype": [
						"",
						"float"
					],
					"parameter_enable": 1,
					"patching_rect": [
						150.0,
						2272.0,
						44,
						48
					],
					"presentation": 1,
					"presentation_rect": [
						160.0,
						312.0,
						68.0,
						48
					],
					"saved_attribute_attributes": {
						"valueof": {
							"parameter_exponent": 1.0,
							"parameter_longname": "grain/transpose_jitter",
							"parameter_mmax": 24.0,
							"parameter_mmin": 0.0,
							"parameter_shortname": "transpose jitter",
							"parameter_type": 0,
							"parameter_unitstyle": 1
						}
					},
					"varname": "grain/transpose_jitter"
				}
			},
			{
				"box": {
					"id": "obj-117",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						460,
						2272.0,
						299.0,
						22.0
					],
					"text": "prepend /granulate/grain/transpose_jitter"
				}
			},
			{
				"box": {
					"id": "obj-118",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 0,
					"patching_rect": [
						800,
						2272.0,
						117.0,
						22.0
					],
					"text": "s granulate-out"
				}
			},
			{
				"box": {
					"id": "obj-119",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						20,
						2242.0,
						89.0,
						22.0
					],
					"text": "prepend set"
				}
			},
			{
				"box": {
					"annotation": "/granulate/grain/gain_jitter: downwards",
					"id": "obj-120",
					"maxclass": "live.dial",
					"numinlets": 1,
					"numoutlets": 2,
					"outlettype": [
						"",
						"float"
					],
					"parameter_enable": 1,
					"patching_rect": [
						150.0,
						2338.0,
						44,
						48
					],
					"presentation": 1,
					"presentation_rect": [
						234.0,
						312.0,
						68.0,
						48
					],
					"saved_attribute_attributes": {
						"valueof": {
							"parameter_exponent": 1.0,
							"parameter_longname": "grain/gain_jitter",
							"parameter_mmax": 24.0,
							"parameter_mmin": 0.0,
							"parameter_shortname": "gain jitter",
							"parameter_type": 0,
							"parameter_unitstyle": 4
						}
					},
					"varname": "grain/gain_jitter"
				}
			},
			{
				"box": {
					"id": "obj-121",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						460,
						2338.0,
						264.0,
						22.0
					],
					"text": "prepend /granulate/grain/gain_jitter"
				}
			},
			{
				"box": {
					"id": "obj-122",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 0,
					"patching_rect": [
						800,
						2338.0,
						117.0,
						22.0
					],
					"text": "s granulate-out"
				}
			},
			{
				"box": {
					"id": "obj-123",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						20,
						2308.0,
						89.0,
						22.0
					],
					"text": "prepend set"
				}
			},
			{
				"box": {
					"annotation": "/granulate/grain/pan_jitter: either way",
					"id": "obj-124",
					"maxclass": "live.dial",
					"numinlets": 1,
					"numoutlets": 2,
					"outlettype": [
						"",
						"float"
					],
					"parameter_enable": 1,
					"patching_rect": [
						150.0,
						2404.0,
						44,
						48
					],
					"presentation": 1,
					"presentation_rect": [
						308.0,
						312.0,
						68.0,
						48
					],
					"saved_attribute_attributes": {
						"valueof": {
							"parameter_exponent": 1.0,
							"parameter_longname": "grain/pan_jitter",
							"parameter_mmax": 2.0,
							"parameter_mmin": 0.0,
							"parameter_shortname": "pan jitter",
							"parameter_type": 0,
							"parameter_unitstyle": 1
						}
					},
					"varname": "grain/pan_jitter"
				}
			},
			{
				"box": {
					"id": "obj-125",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						460,
						2404.0,
						257.0,
						22.0
					],
					"text": "prepend /granulate/grain/pan_jitter"
				}
			},
			{
				"box": {
					"id": "obj-126",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 0,
					"patching_rect": [
						800,
						2404.0,
						117.0,
						22.0
					],
					"text": "s granulate-out"
				}
			},
			{
				"box": {
					"id": "obj-127",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						20,
						2374.0,
						89.0,
						22.0
					],
					"text": "prepend set"
				}
			},
			{
				"box": {
					"annotation": "/granulate/grain/backwards: the part of the grains that are played backwards",
					"id": "obj-128",
					"maxclass": "live.dial",
					"numinlets": 1,
					"numoutlets": 2,
					"outlettype": [
						"",
						"float"
					],
					"parameter_enable": 1,
					"patching_rect": [
						150.0,
						2470.0,
						44,
						48
					],
					"presentation": 1,
					"presentation_rect": [
						382.0,
						312.0,
						68.0,
						48
					],
					"saved_attribute_attributes": {
						"valueof": {
							"parameter_exponent": 1.0,
							"parameter_longname": "grain/backwards",
							"parameter_mmax": 1.0,
							"parameter_mmin": 0.0,
							"parameter_shortname": "backwards",
							"parameter_type": 0,
							"parameter_unitstyle": 1
						}
					},
					"varname": "grain/backwards"
				}
			},
			{
				"box": {
					"id": "obj-129",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						460,
						2470.0,
						250.0,
						22.0
					],
					"text": "prepend /granulate/grain/backwards"
				}
			},
			{
				"box": {
					"id": "obj-130",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 0,
					"patching_rect": [
						800,
						2470.0,
						117.0,
						22.0
					],
					"text": "s granulate-out"
				}
			},
			{
				"box": {
					"id": "obj-131",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						20,
						2440.0,
						89.0,
						22.0
					],
					"text": "prepend set"
				}
			},
			{
				"box": {
					"annotation": "/granulate/grain/overlap: each begins so long before the end of the one before",
					"id": "obj-132",
					"maxclass": "live.dial",
					"numinlets": 1,
					"numoutlets": 2,
					"outlettype": [
						"",
						"float"
					],
					"parameter_enable": 1,
					"patching_rect": [
						150.0,
						2536.0,
						44,
						48
					],
					"presentation": 1,
					"presentation_rect": [
						456.0,
						312.0,
						68.0,
						48
					],
					"saved_attribute_attributes": {
						"valueof": {
							"parameter_exponent": 1.0,
							"parameter_longname": "grain/overlap",
							"parameter_mmax": 100.0,
							"parameter_mmin": 0.0,
							"parameter_shortname": "overlap",
							"parameter_type": 0,
							"parameter_unitstyle": 2
						}
					},
					"varname": "grain/overlap"
				}
			},
			{
				"box": {
					"id": "obj-133",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						300,
						2536.0,
						110.0,
						22.0
					],
					"text": "sprintf %.1fms"
				}
			},
			{
				"box": {
					"id": "obj-134",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						460,
						2536.0,
						236.0,
						22.0
					],
					"text": "prepend /granulate/grain/overlap"
				}
			},
			{
				"box": {
					"id": "obj-135",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 0,
					"patching_rect": [
						800,
						2536.0,
						117.0,
						22.0
					],
					"text": "s granulate-out"
				}
			},
			{
				"box": {
					"id": "obj-136",
					"maxclass": "message",
					"numinlets": 2,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						20,
						2536.0,
						30.0,
						22.0
					],
					"presentation": 1,
					"presentation_rect": [
						460.0,
						361.0,
						58.0,
						20
					],
					"text": ""
				}
			},
			{
				"box": {
					"id": "obj-137",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						20,
						2506.0,
						89.0,
						22.0
					],
					"text": "prepend set"
				}
			},
			{
				"box": {
					"annotation": "/granulate/grain/shortest: the least time from one grain to the next",
					"id": "obj-138",
					"maxclass": "live.dial",
					"numinlets": 1,
					"numoutlets": 2,
					"outlettype": [
						"",
						"float"
					],
					"parameter_enable": 1,
					"patching_rect": [
						150.0,
						2602.0,
						44,
						48
					],
					"presentation": 1,
					"presentation_rect": [
						12.0,
						386.0,
						68.0,
						48
					],
					"saved_attribute_attributes": {
						"valueof": {
							"parameter_exponent": 3.0,
							"parameter_longname": "grain/shortest",
							"parameter_mmax": 500.0,
							"parameter_mmin": 1.0,
							"parameter_shortname": "shortest",
							"parameter_type": 0,
							"parameter_unitstyle": 2
						}
					},
					"varname": "grain/shortest"
				}
			},
			{
				"box": {
					"id": "obj-139",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						300,
						2602.0,
						110.0,
						22.0
					],
					"text": "sprintf %.1fms"
				}
			},
			{
				"box": {
					"id": "obj-140",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						460,
						2602.0,
						243.0,
						22.0
					],
					"text": "prepend /granulate/grain/shortest"
				}
			},
			{
				"box": {
					"id": "obj-141",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 0,
					"patching_rect": [
						800,
						2602.0,
						117.0,
						22.0
					],
					"text": "s granulate-out"
				}
			},
			{
				"box": {
					"id": "obj-142",
					"maxclass": "message",
					"numinlets": 2,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						20,
						2602.0,
						30.0,
						22.0
					],
					"presentation": 1,
					"presentation_rect": [
						16.0,
						435.0,
						58.0,
						20
					],
					"text": ""
				}
			},
			{
				"box": {
					"id": "obj-143",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						20,
						2572.0,
						89.0,
						22.0
					],
					"text": "prepend set"
				}
			},
			{
				"box": {
					"annotation": "/granulate/grain/longest: the most",
					"id": "obj-144",
					"maxclass": "live.dial",
					"numinlets": 1,
					"numoutlets": 2,
					"outlettype": [
						"",
						"float"
					],
					"parameter_enable": 1,
					"patching_rect": [
						150.0,
						2668.0,
						44,
						48
					],
					"presentation": 1,
					"presentation_rect": [
						86.0,
						386.0,
						68.0,
						48
					],
					"saved_attribute_attributes": {
						"valueof": {
							"parameter_exponent": 3.0,
							"parameter_longname": "grain/longest",
							"parameter_mmax": 5000.0,
							"parameter_mmin": 5.0,
							"parameter_shortname": "longest",
							"parameter_type": 0,
							"parameter_unitstyle": 2
						}
					},
					"varname": "grain/longest"
				}
			},
			{
				"box": {
					"id": "obj-145",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						300,
						2668.0,
						110.0,
						22.0
					],
					"text": "sprintf %.1fms"
				}
			},
			{
				"box": {
					"id": "obj-146",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						460,
						2668.0,
						236.0,
						22.0
					],
					"text": "prepend /granulate/grain/longest"
				}
			},
			{
				"box": {
					"id": "obj-147",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 0,
					"patching_rect": [
						800,
						2668.0,
						117.0,
						22.0
					],
					"text": "s granulate-out"
				}
			},
			{
				"box": {
					"id": "obj-148",
					"maxclass": "message",
					"numinlets": 2,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						20,
						2668.0,
						30.0,
						22.0
					],
					"presentation": 1,
					"presentation_rect": [
						90.0,
						435.0,
						58.0,
						20
					],
					"text": ""
				}
			},
			{
				"box": {
					"id": "obj-149",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						20,
						2638.0,
						89.0,
						22.0
					],
					"text": "prepend set"
				}
			},
			{
				"box": {
					"annotation": "/granulate/grain/curve: power of the distance; 1 is in proportion, less evens it out, 0 is no influence",
					"id": "obj-150",
					"maxclass": "live.dial",
					"numinlets": 1,
					"numoutlets": 2,
					"outlettype": [
						"",
						"float"
					],
					"parameter_enable": 1,
					"patching_rect": [
						150.0,
						2734.0,
						44,
						48
					],
					"presentation": 1,
					"presentation_rect": [
						160.0,
						386.0,
						68.0,
						48
					],
					"saved_attribute_attributes": {
						"valueof": {
							"parameter_exponent": 1.0,
							"parameter_longname": "grain/curve",
							"parameter_mmax": 4.0,
							"parameter_mmin": 0.0,
							"parameter_shortname": "curve",
							"parameter_type": 0,
							"parameter_unitstyle": 1
						}
					},
					"varname": "grain/curve"
				}
			},
			{
				"box": {
					"id": "obj-151",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						460,
						2734.0,
						222.0,
						22.0
					],
					"text": "prepend /granulate/grain/curve"
				}
			},
			{
				"box": {
					"id": "obj-152",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 0,
					"patching_rect": [
						800,
						2734.0,
						117.0,
						22.0
					],
					"text": "s granulate-out"
				}
			},
			{
				"box": {
					"id": "obj-153",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						20,
						2704.0,
						89.0,
						22.0
					],
					"text": "prepend set"
				}
			},
			{
				"box": {
					"annotation": "/granulate/grain/lengthen: grains last so many times the gap before them; 0 keeps the window",
					"id": "obj-154",
					"maxclass": "live.dial",
					"numinlets": 1,
					"numoutlets": 2,
					"outlettype": [
						"",
						"float"
					],
					"parameter_enable": 1,
					"patching_rect": [
						150.0,
						2800.0,
						44,
						48
					],
					"presentation": 1,
					"presentation_rect": [
						234.0,
						386.0,
						68.0,
						48
					],
					"saved_attribute_attributes": {
						"valueof": {
							"parameter_exponent": 1.0,
							"parameter_longname": "grain/lengthen",
							"parameter_mmax": 16.0,
							"parameter_mmin": 0.0,
							"parameter_shortname": "lengthen",
							"parameter_type": 0,
							"parameter_unitstyle": 1
						}
					},
					"varname": "grain/lengthen"
				}
			},
			{
				"box": {
					"id": "obj-155",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						460,
						2800.0,
						243.0,
						22.0
					],
					"text": "prepend /granulate/grain/lengthen"
				}
			},
			{
				"box": {
					"id": "obj-156",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 0,
					"patching_rect": [
						800,
						2800.0,
						117.0,
						22.0
					],
					"text": "s granulate-out"
				}
			},
			{
				"box": {
					"id": "obj-157",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						20,
						2770.0,
						89.0,
						22.0
					],
					"text": "prepend set"
				}
			},
			{
				"box": {
					"annotation": "/granulate/grain/quieter: per doubling of the distance beyond the recordings' own",
					"id": "obj-158",
					"maxclass": "live.dial",
					"numinlets": 1,
					"numoutlets": 2,
					"outlettype": [
						"",
						"float"
					],
					"parameter_enable": 1,
					"patching_rect": [
						150.0,
						2866.0,
						44,
						48
					],
					"presentation": 1,
					"presentation_rect": [
						308.0,
						386.0,
						68.0,
						48
					],
					"saved_attribute_attributes": {
						"valueof": {
							"parameter_exponent": 1.0,
							"parameter_longname": "grain/quieter",
							"parameter_mmax": 24.0,
							"parameter_mmin": 0.0,
							"parameter_shortname": "quieter",
							"parameter_type": 0,
							"parameter_unitstyle": 4
						}
					},
					"varname": "grain/quieter"
				}
			},
			{
				"box": {
					"id": "obj-159",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						460,
						2866.0,
						236.0,
						22.0
					],
					"text": "prepend /granulate/grain/quieter"
				}
			},
			{
				"box": {
					"id": "obj-160",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 0,
					"patching_rect": [
						800,
						2866.0,
						117.0,
						22.0
					],
					"text": "s granulate-out"
				}
			},
			{
				"box": {
					"id": "obj-161",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						20,
						2836.0,
						89.0,
						22.0
					],
					"text": "prepend set"
				}
			},
			{
				"box": {
					"fontface": 1,
					"fontsize": 13.0,
					"id": "obj-162",
					"maxclass": "comment",
					"numinlets": 1,
					"numoutlets": 0,
					"patching_rect": [
						20,
						2932.0,
						76,
						22
					],
					"presentation": 1,
					"presentation_rect": [
						12.0,
						464.0,
						76,
						22
					],
					"text": "envelope"
				}
			},
			{
				"box": {
					"id": "obj-163",
					"items": [
						"hann",
						",",
						"window",
						",",
						"frame",
						",",
						"tukey",
						",",
						"trapezoid",
						",",
						"exponential",
						",",
						"gauss",
						",",
						"rectangle"
					],
					"maxclass": "umenu",
					"numinlets": 1,
					"numoutlets": 3,
					"outlettype": [
						"int",
						"",
						""
					],
					"patching_rect": [
						150,
						2998.0,
						120,
						22
					],
					"presentation": 1,
					"presentation_rect": [
						92.0,
						464.0,
						120,
						22
					]
				}
			},
			{
				"box": {
					"id": "obj-164",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						460,
						2998.0,
						236.0,
						22.0
					],
					"text": "prepend /granulate/envelope/kind"
				}
			},
			{
				"box": {
					"id": "obj-165",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 0,
					"patching_rect": [
						800,
						2998.0,
						117.0,
						22.0
					],
					"text": "s granulate-out"
				}
			},
			{
				"box": {
					"id": "obj-166",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						20,
						2968.0,
						131.0,
						22.0
					],
					"text": "prepend setsymbol"
				}
			},
			{
				"box": {
					"annotation": "/granulate/envelope/taper: the part of the grain that both its raised-cosine edges take",
					"id": "obj-167",
					"maxclass": "live.dial",
					"numinlets": 1,
					"numoutlets": 2,
					"outlettype": [
						"",
						"float"
					],
					"parameter_enable": 1,
					"patching_rect": [
						150.0,
						3064.0,
						44,
						48
					],
					"presentation": 1,
					"presentation_rect": [
						12.0,
						490.0,
						68.0,
						48
					],
					"saved_attribute_attributes": {
						"valueof": {
							"parameter_exponent": 1.0,
							"parameter_longname": "envelope/taper",
							"parameter_mmax": 1.0,
							"parameter_mmin": 0.0,
							"parameter_shortname": "taper",
							"parameter_type": 0,
							"parameter_unitstyle": 1
						}
					},
					"varname": "envelope/taper"
				}
			},
			{
				"box": {
					"id": "obj-168",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						460,
						3064.0,
						243.0,
						22.0
					],
					"text": "prepend /granulate/envelope/taper"
				}
			},
			{
				"box": {
					"id": "obj-169",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 0,
					"patching_rect": [
						800,
						3064.0,
						117.0,
						22.0
					],
					"text": "s granulate-out"
				}
			},
			{
				"box": {
					"id": "obj-170",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						20,
						3034.0,
						89.0,
						22.0
					],
					"text": "prepend set"
				}
			},
			{
				"box": {
					"annotation": "/granulate/envelope/attack: of the grain's length",
					"id": "obj-171",
					"maxclass": "live.dial",
					"numinlets": 1,
					"numoutlets": 2,
					"outlettype": [
						"",
						"float"
					],
					"parameter_enable": 1,
					"patching_rect": [
						150.0,
						3130.0,
						44,
						48
					],
					"presentation": 1,
					"presentation_rect": [
						86.0,
						490.0,
						68.0,
						48
					],
					"saved_attribute_attributes": {
						"valueof": {
							"parameter_exponent": 1.0,
							"parameter_longname": "envelope/attack",
							"parameter_mmax": 1.0,
							"parameter_mmin": 0.0,
							"parameter_shortname": "attack",
							"parameter_type": 0,
							"parameter_unitstyle": 1
						}
					},
					"varname": "envelope/attack"
				}
			},
			{
				"box": {
					"id": "obj-172",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						460,
						3130.0,
						250.0,
						22.0
					],
					"text": "prepend /granulate/envelope/attack"
				}
			},
			{
				"box": {
					"id": "obj-173",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 0,
					"patching_rect": [
						800,
						3130.0,
						117.0,
						22.0
					],
					"text": "s granulate-out"
				}
			},
			{
				"box": {
					"id": "obj-174",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						20,
						3100.0,
						89.0,
						22.0
					],
					"text": "prepend set"
				}
			},
			{
				"box": {
					"annotation": "/granulate/envelope/release: of the grain's length",
					"id": "obj-175",
					"maxclass": "live.dial",
					"numinlets": 1,
					"numoutlets": 2,
					"outlettype": [
						"",
						"float"
					],
					"parameter_enable": 1,
					"patching_rect": [
						150.0,
						3196.0,
						44,
						48
					],
					"presentation": 1,
					"presentation_rect": [
						160.0,
						490.0,
						68.0,
						48
					],
					"saved_attribute_attributes": {
						"valueof": {
							"parameter_exponent": 1.0,
							"parameter_longname": "envelope/release",
							"parameter_mmax": 1.0,
							"parameter_mmin": 0.0,
							"parameter_shortname": "release",
							"parameter_type": 0,
							"parameter_unitstyle": 1
						}
					},
					"varname": "envelope/release"
				}
			},
			{
				"box": {
					"id": "obj-176",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						460,
						3196.0,
						257.0,
						22.0
					],
					"text": "prepend /granulate/envelope/release"
				}
			},
			{
				"box": {
					"id": "obj-177",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 0,
					"patching_rect": [
						800,
						3196.0,
						117.0,
						22.0
					],
					"text": "s granulate-out"
				}
			},
			{
				"box": {
					"id": "obj-178",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						20,
						3166.0,
						89.0,
						22.0
					],
					"text": "prepend set"
				}
			},
			{
				"box": {
					"annotation": "/granulate/envelope/decay: how far it has fallen at its end",
					"id": "obj-179",
					"maxclass": "live.dial",
					"numinlets": 1,
					"numoutlets": 2,
					"outlettype": [
						"",
						"float"
					],
					"parameter_enable": 1,
					"patching_rect": [
						150.0,
						3262.0,
						44,
						48
					],
					"presentation": 1,
					"presentation_rect": [
						234.0,
						490.0,
						68.0,
						48
					],
					"saved_attribute_attributes": {
						"valueof": {
							"parameter_exponent": 1.0,
							"parameter_longname": "envelope/decay",
							"parameter_mmax": 120.0,
							"parameter_mmin": 1.0,
							"parameter_shortname": "decay",
							"parameter_type": 0,
							"parameter_unitstyle": 4
						}
					},
					"varname": "envelope/decay"
				}
			},
			{
				"box": {
					"id": "obj-180",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						460,
						3262.0,
						243.0,
						22.0
					],
					"text": "prepend /granulate/envelope/decay"
				}
			},
			{
				"box": {
					"id": "obj-181",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 0,
					"patching_rect": [
						800,
						3262.0,
						117.0,
						22.0
					],
					"text": "s granulate-out"
				}
			},
			{
				"box": {
					"id": "obj-182",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						20,
						3232.0,
						89.0,
						22.0
					],
					"text": "prepend set"
				}
			},
			{
				"box": {
					"annotation": "/granulate/envelope/width: its standard deviation, of half of the grain's length",
					"id": "obj-183",
					"maxclass": "live.dial",
					"numinlets": 1,
					"numoutlets": 2,
					"outlettype": [
						"",
						"float"
					],
					"parameter_enable": 1,
					"patching_rect": [
						150.0,
						3328.0,
						44,
						48
					],
					"presentation": 1,
					"presentation_rect": [
						308.0,
						490.0,
						68.0,
						48
					],
					"saved_attribute_attributes": {
						"valueof": {
							"parameter_exponent": 1.0,
							"parameter_longname": "envelope/width",
							"parameter_mmax": 1.0,
							"parameter_mmin": 0.01,
							"parameter_shortname": "width",
							"parameter_type": 0,
							"parameter_unitstyle": 1
						}
					},
					"varname": "envelope/width"
				}
			},
			{
				"box": {
					"id": "obj-184",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						460,
						3328.0,
						243.0,
						22.0
					],
					"text": "prepend /granulate/envelope/width"
				}
			},
			{
				"box": {
					"id": "obj-185",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 0,
					"patching_rect": [
						800,
						3328.0,
						117.0,
						22.0
					],
					"text": "s granulate-out"
				}
			},
			{
				"box": {
					"id": "obj-186",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						20,
						3298.0,
						89.0,
						22.0
					],
					"text": "prepend set"
				}
			},
			{
				"box": {
					"id": "obj-187",
					"maxclass": "toggle",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						"int"
					],
					"patching_rect": [
						150.0,
						3394.0,
						24,
						24
					],
					"presentation": 1,
					"presentation_rect": [
						402.0,
						510.0,
						24,
						24
					]
				}
			},
			{
				"box": {
					"id": "obj-188",
					"maxclass": "comment",
					"numinlets": 1,
					"numoutlets": 0,
					"patching_rect": [
						150,
						3460.0,
						74.0,
						20
					],
					"presentation": 1,
					"presentation_rect": [
						382.0,
						490.0,
						74.0,
						20
					],
					"text": "reversed"
				}
			},
			{
				"box": {
					"id": "obj-189",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						460,
						3460.0,
						264.0,
						22.0
					],
					"text": "prepend /granulate/envelope/reversed"
				}
			},
			{
				"box": {
					"id": "obj-190",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 0,
					"patching_rect": [
						800,
						3460.0,
						117.0,
						22.0
					],
					"text": "s granulate-out"
				}
			},
			{
				"box": {
					"id": "obj-191",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						20,
						3430.0,
						89.0,
						22.0
					],
					"text": "prepend set"
				}
			},
			{
				"box": {
					"fontface": 1,
					"fontsize": 13.0,
					"id": "obj-192",
					"maxclass": "comment",
					"numinlets": 1,
					"numoutlets": 0,
					"patching_rect": [
						20,
						3526.0,
						76,
						22
					],
					"presentation": 1,
					"presentation_rect": [
						12.0,
						568.0,
						76,
						22
					],
					"text": "master"
				}
			},
			{
				"box": {
					"annotation": "/granulate/master/gain: level of all that sounds",
					"id": "obj-193",
					"maxclass": "live.dial",
					"numinlets": 1,
					"numoutlets": 2,
					"outlettype": [
						"",
						"float"
					],
					"parameter_enable": 1,
					"patching_rect": [
						150.0,
						3592.0,
						44,
						48
					],
					"presentation": 1,
					"presentation_rect": [
						12.0,
						594.0,
						68.0,
						48
					],
					"saved_attribute_attributes": {
						"valueof": {
							"parameter_exponent": 1.0,
							"parameter_longname": "master/gain",
							"parameter_mmax": 12.0,
							"parameter_mmin": -60.0,
							"parameter_shortname": "gain",
							"parameter_type": 0,
							"parameter_unitstyle": 4
						}
					},
					"varname": "master/gain"
				}
			},
			{
				"box": {
					"id": "obj-194",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						460,
						3592.0,
						222.0,
						22.0
					],
					"text": "prepend /granulate/master/gain"
				}
			},
			{
				"box": {
					"id": "obj-195",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 0,
					"patching_rect": [
						800,
						3592.0,
						117.0,
						22.0
					],
					"text": "s granulate-out"
				}
			},
			{
				"box": {
					"id": "obj-196",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						20,
						3562.0,
						89.0,
						22.0
					],
					"text": "prepend set"
				}
			},
			{
				"box": {
					"fontface": 1,
					"fontsize": 13.0,
					"id": "obj-197",
					"maxclass": "comment",
					"numinlets": 1,
					"numoutlets": 0,
					"patching_rect": [
						20,
						3658.0,
						130,
						22
					],
					"presentation": 1,
					"presentation_rect": [
						12,
						6,
						130,
						22
					],
					"text": "granulate live"
				}
			},
			{
				"box": {
					"id": "obj-198",
					"maxclass": "comment",
					"numinlets": 1,
					"numoutlets": 0,
					"patching_rect": [
						150,
						3724.0,
						380,
						20
					],
					"presentation": 1,
					"presentation_rect": [
						150,
						6,
						380,
						20
					],
					"text": "first: granulate live SOUND.wav --osc 9000"
				}
			},
			{
				"box": {
					"id": "obj-199",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 0,
					"patching_rect": [
						20,
						120,
						166.0,
						22.0
					],
					"text": "udpsend 127.0.0.1 9000"
				}
			},
			{
				"box": {
					"id": "obj-200",
					"maxclass": "newobj",
					"numinlets": 0,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						20,
						90,
						117.0,
						22.0
					],
					"text": "r granulate-out"
				}
			},
			{
				"box": {
					"id": "obj-201",
					"maxclass": "comment",
					"numinlets": 1,
					"numoutlets": 0,
					"patching_rect": [
						150,
						3790.0,
						36,
						20
					],
					"presentation": 1,
					"presentation_rect": [
						548,
						6,
						36,
						20
					],
					"text": "port"
				}
			},
			{
				"box": {
					"id": "obj-202",
					"maxclass": "number",
					"maximum": 65535,
					"minimum": 1,
					"numinlets": 1,
					"numoutlets": 2,
					"outlettype": [
						"",
						"bang"
					],
					"patching_rect": [
						200,
						50,
						60,
						22
					],
					"presentation": 1,
					"presentation_rect": [
						584,
						6,
						60,
						22
					]
				}
			},
			{
				"box": {
					"id": "obj-203",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						200,
						20,
						131.0,
						22.0
					],
					"text": "loadmess set 9000"
				}
			},
			{
				"box": {
					"id": "obj-204",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						200,
						90,
						96.0,
						22.0
					],
					"text": "prepend port"
				}
			},
			{
				"box": {
					"id": "obj-205",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						420,
						20,
						82.0,
						22.0
					],
					"text": "loadmess 1"
				}
			},
			{
				"box": {
					"id": "obj-206",
					"maxclass": "toggle",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						"int"
					],
					"patching_rect": [
						420,
						50,
						24,
						24
					],
					"presentation": 1,
					"presentation_rect": [
						730,
						6,
						22,
						22
					]
				}
			},
			{
				"box": {
					"id": "obj-207",
					"maxclass": "comment",
					"numinlets": 1,
					"numoutlets": 0,
					"patching_rect": [
						150,
						3856.0,
						76,
						20
					],
					"presentation": 1,
					"presentation_rect": [
						654,
						6,
						76,
						20
					],
					"text": "feedback"
				}
			},
			{
				"box": {
					"id": "obj-208",
					"maxclass": "newobj",
					"numinlets": 2,
					"numoutlets": 1,
					"outlettype": [
						"bang"
					],
					"patching_rect": [
						420,
						80,
						89.0,
						22.0
					],
					"text": "metro 10000"
				}
			},
			{
				"box": {
					"id": "obj-209",
					"maxclass": "message",
					"numinlets": 2,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						420,
						110,
						208.0,
						22.0
					],
					"text": "/granulate/subscribe 20 9001"
				}
			},
			{
				"box": {
					"id": "obj-210",
					"maxclass": "newobj",
					"numinlets": 2,
					"numoutlets": 2,
					"outlettype": [
						"bang",
						""
					],
					"patching_rect": [
						600,
						50,
						47.0,
						22.0
					],
					"text": "sel 0"
				}
			},
			{
				"box": {
					"id": "obj-211",
					"maxclass": "message",
					"numinlets": 2,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						600,
						80,
						166.0,
						22.0
					],
					"text": "/granulate/unsubscribe"
				}
			},
			{
				"box": {
					"id": "obj-212",
					"maxclass": "comment",
					"numinlets": 1,
					"numoutlets": 0,
					"patching_rect": [
						150,
						3922.0,
						36,
						20
					],
					"presentation": 1,
					"presentation_rect": [
						770,
						6,
						36,
						20
					],
					"text": "says"
				}
			},
			{
				"box": {
					"id": "obj-213",
					"maxclass": "message",
					"numinlets": 2,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						800,
						50,
						30.0,
						22.0
					],
					"presentation": 1,
					"presentation_rect": [
						806,
						6,
						360,
						22
					],
					"text": ""
				}
			},
			{
				"box": {
					"id": "obj-214",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						20,
						3892.0,
						89.0,
						22.0
					],
					"text": "prepend set"
				}
			},
			{
				"box": {
					"fontface": 1,
					"fontsize": 13.0,
					"id": "obj-215",
					"maxclass": "comment",
					"numinlets": 1,
					"numoutlets": 0,
					"patching_rect": [
						20,
						3988.0,
						120.0,
						22
					],
					"presentation": 1,
					"presentation_rect": [
						548.0,
						34.0,
						120.0,
						22
					],
					"text": "preset"
				}
			},
			{
				"box": {
					"id": "obj-216",
					"items": [
						"brighten",
						",",
						"comet",
						",",
						"confetti",
						",",
						"constellation",
						",",
						"current",
						",",
						"dream",
						",",
						"drift",
						",",
						"forecast",
						",",
						"glimmer",
						",",
						"hits",
						",",
						"hunt",
						",",
						"islands",
						",",
						"kinship",
						",",
						"latent",
						",",
						"orbit",
						",",
						"parrot",
						",",
						"phrases",
						",",
						"remix",
						",",
						"rewind",
						",",
						"rooms",
						",",
						"shimmer",
						",",
						"slabs",
						",",
						"sorted",
						",",
						"swarm",
						",",
						"swell",
						",",
						"tipsy",
						",",
						"trajectory",
						",",
						"undertow",
						",",
						"unfold",
						",",
						"wander"
					],
					"maxclass": "umenu",
					"numinlets": 1,
					"numoutlets": 3,
					"outlettype": [
						"int",
						"",
						""
					],
					"patching_rect": [
						150,
						4054.0,
						120,
						22
					],
					"presentation": 1,
					"presentation_rect": [
						548.0,
						60.0,
						130,
						22
					]
				}
			},
			{
				"box": {
					"id": "obj-217",
					"maxclass": "newobj",
					"numinlets": 2,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						300,
						4120.0,
						75.0,
						22.0
					],
					"text": "pack s 0."
				}
			},
			{
				"box": {
					"id": "obj-218",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						460,
						4120.0,
						187.0,
						22.0
					],
					"text": "prepend /granulate/preset"
				}
			},
			{
				"box": {
					"id": "obj-219",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 0,
					"patching_rect": [
						800,
						4120.0,
						117.0,
						22.0
					],
					"text": "s granulate-out"
				}
			},
			{
				"box": {
					"id": "obj-220",
					"maxclass": "comment",
					"numinlets": 1,
					"numoutlets": 0,
					"patching_rect": [
						150,
						4186.0,
						60,
						20
					],
					"presentation": 1,
					"presentation_rect": [
						688.0,
						61.0,
						60,
						20
					],
					"text": "morph (s)"
				}
			},
			{
				"box": {
					"format": 6,
					"id": "obj-221",
					"maxclass": "flonum",
					"maximum": 3600.0,
					"minimum": 0.0,
					"numinlets": 1,
					"numoutlets": 2,
					"outlettype": [
						"",
						"bang"
					],
					"patching_rect": [
						150,
						4252.0,
						60,
						22
					],
					"presentation": 1,
					"presentation_rect": [
						752.0,
						60.0,
						50,
						22
					]
				}
			},
			{
				"box": {
					"fontface": 1,
					"fontsize": 13.0,
					"id": "obj-222",
					"maxclass": "comment",
					"numinlets": 1,
					"numoutlets": 0,
					"patching_rect": [
						20,
						4318.0,
						60,
						22
					],
					"presentation": 1,
					"presentation_rect": [
						548.0,
						104.0,
						60,
						22
					],
					"text": "map"
				}
			},
			{
				"box": {
					"id": "obj-223",
					"maxclass": "comment",
					"numinlets": 1,
					"numoutlets": 0,
					"patching_rect": [
						150,
						4384.0,
						110,
						20
					],
					"presentation": 1,
					"presentation_rect": [
						608.0,
						106.0,
						110,
						20
					],
					"text": "lead the walk"
				}
			},
			{
				"box": {
					"id": "obj-224",
					"maxclass": "comment",
					"numinlets": 1,
					"numoutlets": 0,
					"patching_rect": [
						150,
						4450.0,
						110,
						20
					],
					"presentation": 1,
					"presentation_rect": [
						738.0,
						106.0,
						110,
						20
					],
					"text": "where it is"
				}
			},
			{
				"box": {
					"bottomvalue": 0,
					"id": "obj-225",
					"ignoreclick": 0,
					"leftvalue": 0,
					"maxclass": "pictslider",
					"numinlets": 2,
					"numoutlets": 2,
					"outlettype": [
						"int",
						"int"
					],
					"parameter_enable": 0,
					"patching_rect": [
						150,
						4516.0,
						150,
						150
					],
					"presentation": 1,
					"presentation_rect": [
						548.0,
						130.0,
						180,
						180
					],
					"rightvalue": 1000,
					"topvalue": 1000
				}
			},
			{
				"box": {
					"id": "obj-226",
					"maxclass": "newobj",
					"numinlets": 2,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						360,
						4582.0,
						75.0,
						22.0
					],
					"text": "pak 0. 0."
				}
			},
			{
				"box": {
					"id": "obj-227",
					"maxclass": "newobj",
					"numinlets": 2,
					"numoutlets": 1,
					"outlettype": [
						"float"
					],
					"patching_rect": [
						260,
						4648.0,
						61.0,
						22.0
					],
					"text": "/ 1000."
				}
			},
			{
				"box": {
					"id": "obj-228",
					"maxclass": "newobj",
					"numinlets": 2,
					"numoutlets": 1,
					"outlettype": [
						"float"
					],
					"patching_rect": [
						260,
						4714.0,
						61.0,
						22.0
					],
					"text": "/ 1000."
				}
			},
			{
				"box": {
					"id": "obj-229",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						460,
						4714.0,
						208.0,
						22.0
					],
					"text": "prepend /granulate/walk/goto"
				}
			},
			{
				"box": {
					"id": "obj-230",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 0,
					"patching_rect": [
						800,
						4714.0,
						117.0,
						22.0
					],
					"text": "s granulate-out"
				}
			},
			{
				"box": {
					"bottomvalue": 0,
					"id": "obj-231",
					"ignoreclick": 1,
					"leftvalue": 0,
					"maxclass": "pictslider",
					"numinlets": 2,
					"numoutlets": 2,
					"outlettype": [
						"int",
						"int"
					],
					"parameter_enable": 0,
					"patching_rect": [
						150,
						4780.0,
						150,
						150
					],
					"presentation": 1,
					"presentation_rect": [
						738.0,
						130.0,
						180,
						180
					],
					"rightvalue": 1000,
					"topvalue": 1000
				}
			},
			{
				"box": {
					"id": "obj-232",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 2,
					"outlettype": [
						"float",
						"float"
					],
					"patching_rect": [
						20,
						4846.0,
						96.0,
						22.0
					],
					"text": "unpack 0. 0."
				}
			},
			{
				"box": {
					"id": "obj-233",
					"maxclass": "newobj",
					"numinlets": 2,
					"numoutlets": 1,
					"outlettype": [
						"float"
					],
					"patching_rect": [
						60,
						4912.0,
						61.0,
						22.0
					],
					"text": "* 1000."
				}
			},
			{
				"box": {
					"id": "obj-234",
					"maxclass": "newobj",
					"numinlets": 2,
					"numoutlets": 1,
					"outlettype": [
						"float"
					],
					"patching_rect": [
						60,
						4978.0,
						61.0,
						22.0
					],
					"text": "* 1000."
				}
			},
			{
				"box": {
					"id": "obj-235",
					"ignoreclick": 1,
					"maxclass": "multislider",
					"numinlets": 1,
					"numoutlets": 2,
					"outlettype": [
						"",
						""
					],
					"parameter_enable": 0,
					"patching_rect": [
						150,
						5044.0,
						40,
						140
					],
					"presentation": 1,
					"presentation_rect": [
						928.0,
						130.0,
						40,
						180
					],
					"setminmax": [
						-60.0,
						0.0
					],
					"setstyle": 1,
					"size": 2
				}
			},
			{
				"box": {
					"fontface": 1,
					"fontsize": 13.0,
					"id": "obj-236",
					"maxclass": "comment",
					"numinlets": 1,
					"numoutlets": 0,
					"patching_rect": [
						20,
						5110.0,
						120.0,
						22
					],
					"presentation": 1,
					"presentation_rect": [
						548.0,
						330.0,
						120.0,
						22
					],
					"text": "play"
				}
			},
			{
				"box": {
					"id": "obj-237",
					"maxclass": "textbutton",
					"numinlets": 1,
					"numoutlets": 3,
					"outlettype": [
						"",
						"",
						"int"
					],
					"patching_rect": [
						150,
						5176.0,
						70,
						24
					],
					"presentation": 1,
					"presentation_rect": [
						548.0,
						356.0,
						70,
						24
					],
					"text": "start"
				}
			},
			{
				"box": {
					"id": "obj-238",
					"maxclass": "message",
					"numinlets": 2,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						300,
						5242.0,
						124.0,
						22.0
					],
					"text": "/granulate/start"
				}
			},
			{
				"box": {
					"id": "obj-239",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 0,
					"patching_rect": [
						800,
						5242.0,
						117.0,
						22.0
					],
					"text": "s granulate-out"
				}
			},
			{
				"box": {
					"id": "obj-240",
					"maxclass": "textbutton",
					"numinlets": 1,
					"numoutlets": 3,
					"outlettype": [
						"",
						"",
						"int"
					],
					"patching_rect": [
						150,
						5308.0,
						70,
						24
					],
					"presentation": 1,
					"presentation_rect": [
						624.0,
						356.0,
						70,
						24
					],
					"text": "stop"
				}
			},
			{
				"box": {
					"id": "obj-241",
					"maxclass": "message",
					"numinlets": 2,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						300,
						5374.0,
						117.0,
						22.0
					],
					"text": "/granulate/stop"
				}
			},
			{
				"box": {
					"id": "obj-242",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 0,
					"patching_rect": [
						800,
						5374.0,
						117.0,
						22.0
					],
					"text": "s granulate-out"
				}
			},
			{
				"box": {
					"id": "obj-243",
					"maxclass": "textbutton",
					"numinlets": 1,
					"numoutlets": 3,
					"outlettype": [
						"",
						"",
						"int"
					],
					"patching_rect": [
						150,
						5440.0,
						70,
						24
					],
					"presentation": 1,
					"presentation_rect": [
						700.0,
						356.0,
						70,
						24
					],
					"text": "panic"
				}
			},
			{
				"box": {
					"id": "obj-244",
					"maxclass": "message",
					"numinlets": 2,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						300,
						5506.0,
						124.0,
						22.0
					],
					"text": "/granulate/panic"
				}
			},
			{
				"box": {
					"id": "obj-245",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 0,
					"patching_rect": [
						800,
						5506.0,
						117.0,
						22.0
					],
					"text": "s granulate-out"
				}
			},
			{
				"box": {
					"id": "obj-246",
					"maxclass": "toggle",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						"int"
					],
					"patching_rect": [
						150,
						5572.0,
						24,
						24
					],
					"presentation": 1,
					"presentation_rect": [
						784.0,
						356.0,
						24,
						24
					]
				}
			},
			{
				"box": {
					"id": "obj-247",
					"maxclass": "comment",
					"numinlets": 1,
					"numoutlets": 0,
					"patching_rect": [
						150,
						5638.0,
						60,
						20
					],
					"presentation": 1,
					"presentation_rect": [
						810.0,
						358.0,
						60,
						20
					],
					"text": "record"
				}
			},
			{
				"box": {
					"id": "obj-248",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						460,
						5638.0,
						187.0,
						22.0
					],
					"text": "prepend /granulate/record"
				}
			},
			{
				"box": {
					"id": "obj-249",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 0,
					"patching_rect": [
						800,
						5638.0,
						117.0,
						22.0
					],
					"text": "s granulate-out"
				}
			},
			{
				"box": {
					"id": "obj-250",
					"maxclass": "textbutton",
					"numinlets": 1,
					"numoutlets": 3,
					"outlettype": [
						"",
						"",
						"int"
					],
					"patching_rect": [
						150,
						5704.0,
						70,
						24
					],
					"presentation": 1,
					"presentation_rect": [
						878.0,
						356.0,
						90,
						24
					],
					"text": "sounds..."
				}
			},
			{
				"box": {
					"id": "obj-251",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 2,
					"outlettype": [
						"",
						"bang"
					],
					"patching_rect": [
						300,
						5770.0,
						82.0,
						22.0
					],
					"text": "opendialog"
				}
			},
			{
				"box": {
					"id": "obj-252",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 2,
					"outlettype": [
						"",
						"int"
					],
					"patching_rect": [
						300,
						5836.0,
						166.0,
						22.0
					],
					"text": "conformpath slash boot"
				}
			},
			{
				"box": {
					"id": "obj-253",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						460,
						5836.0,
						187.0,
						22.0
					],
					"text": "prepend /granulate/corpus"
				}
			},
			{
				"box": {
					"id": "obj-254",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 0,
					"patching_rect": [
						800,
						5836.0,
						117.0,
						22.0
					],
					"text": "s granulate-out"
				}
			},
			{
				"box": {
					"id": "obj-255",
					"maxclass": "newobj",
					"numinlets": 4,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						300,
						5902.0,
						117.0,
						22.0
					],
					"text": "pack 0 0. 1. 0."
				}
			},
			{
				"box": {
					"id": "obj-256",
					"maxclass": "comment",
					"numinlets": 1,
					"numoutlets": 0,
					"patching_rect": [
						150,
						5968.0,
						70,
						20
					],
					"presentation": 1,
					"presentation_rect": [
						548.0,
						392.0,
						70,
						20
					],
					"text": "grain"
				}
			},
			{
				"box": {
					"id": "obj-257",
					"maxclass": "number",
					"maximum": 2147483647,
					"minimum": 0,
					"numinlets": 1,
					"numoutlets": 2,
					"outlettype": [
						"",
						"bang"
					],
					"patching_rect": [
						150,
						6034.0,
						60,
						22
					],
					"presentation": 1,
					"presentation_rect": [
						548.0,
						414.0,
						70,
						22
					]
				}
			},
			{
				"box": {
					"id": "obj-258",
					"maxclass": "comment",
					"numinlets": 1,
					"numoutlets": 0,
					"patching_rect": [
						150,
						6100.0,
						70,
						20
					],
					"presentation": 1,
					"presentation_rect": [
						624.0,
						392.0,
						70,
						20
					],
					"text": "gain dB"
				}
			},
			{
				"box": {
					"format": 6,
					"id": "obj-259",
					"maxclass": "flonum",
					"maximum": 24.0,
					"minimum": -120.0,
					"numinlets": 1,
					"numoutlets": 2,
					"outlettype": [
						"",
						"bang"
					],
					"patching_rect": [
						150,
						6166.0,
						60,
						22
					],
					"presentation": 1,
					"presentation_rect": [
						624.0,
						414.0,
						70,
						22
					]
				}
			},
			{
				"box": {
					"id": "obj-260",
					"maxclass": "comment",
					"numinlets": 1,
					"numoutlets": 0,
					"patching_rect": [
						150,
						6232.0,
						70,
						20
					],
					"presentation": 1,
					"presentation_rect": [
						700.0,
						392.0,
						70,
						20
					],
					"text": "rate"
				}
			},
			{
				"box": {
					"format": 6,
					"id": "obj-261",
					"maxclass": "flonum",
					"maximum": 64.0,
					"minimum": 0.015625,
					"numinlets": 1,
					"numoutlets": 2,
					"outlettype": [
						"",
						"bang"
					],
					"patching_rect": [
						150,
						6298.0,
						60,
						22
					],
					"presentation": 1,
					"presentation_rect": [
						700.0,
						414.0,
						70,
						22
					]
				}
			},
			{
				"box": {
					"id": "obj-262",
					"maxclass": "comment",
					"numinlets": 1,
					"numoutlets": 0,
					"patching_rect": [
						150,
						6364.0,
						70,
						20
					],
					"presentation": 1,
					"presentation_rect": [
						776.0,
						392.0,
						70,
						20
					],
					"text": "pan"
				}
			},
			{
				"box": {
					"format": 6,
					"id": "obj-263",
					"maxclass": "flonum",
					"maximum": 1.0,
					"minimum": -1.0,
					"numinlets": 1,
					"numoutlets": 2,
					"outlettype": [
						"",
						"bang"
					],
					"patching_rect": [
						150,
						6430.0,
						60,
						22
					],
					"presentation": 1,
					"presentation_rect": [
						776.0,
						414.0,
						70,
						22
					]
				}
			},
			{
				"box": {
					"id": "obj-264",
					"maxclass": "textbutton",
					"numinlets": 1,
					"numoutlets": 3,
					"outlettype": [
						"",
						"",
						"int"
					],
					"patching_rect": [
						150,
						6496.0,
						70,
						24
					],
					"presentation": 1,
					"presentation_rect": [
						858.0,
						413.0,
						70,
						24
					],
					"text": "play"
				}
			},
			{
				"box": {
					"id": "obj-265",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						460,
						6496.0,
						215.0,
						22.0
					],
					"text": "prepend /granulate/grain/play"
				}
			},
			{
				"box": {
					"id": "obj-266",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 0,
					"patching_rect": [
						800,
						6496.0,
						117.0,
						22.0
					],
					"text": "s granulate-out"
				}
			},
			{
				"box": {
					"id": "obj-267",
					"maxclass": "comment",
					"numinlets": 1,
					"numoutlets": 0,
					"patching_rect": [
						150,
						6562.0,
						70,
						20
					],
					"presentation": 1,
					"presentation_rect": [
						548.0,
						444.0,
						70,
						20
					],
					"text": "grain now"
				}
			},
			{
				"box": {
					"id": "obj-268",
					"ignoreclick": 1,
					"maxclass": "number",
					"numinlets": 1,
					"numoutlets": 2,
					"outlettype": [
						"",
						"bang"
					],
					"patching_rect": [
						150,
						6628.0,
						70,
						22
					],
					"presentation": 1,
					"presentation_rect": [
						624.0,
						444.0,
						70,
						22
					]
				}
			},
			{
				"box": {
					"id": "obj-269",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						20,
						6598.0,
						89.0,
						22.0
					],
					"text": "prepend set"
				}
			},
			{
				"box": {
					"id": "obj-270",
					"maxclass": "message",
					"numinlets": 2,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						150,
						6694.0,
						173.0,
						22.0
					],
					"presentation": 1,
					"presentation_rect": [
						548.0,
						478.0,
						180,
						22
					],
					"text": "0.1 0.1 0.9 0.5 0.1 0.9"
				}
			},
			{
				"box": {
					"id": "obj-271",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						460,
						6694.0,
						194.0,
						22.0
					],
					"text": "prepend /granulate/gesture"
				}
			},
			{
				"box": {
					"id": "obj-272",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 0,
					"patching_rect": [
						800,
						6694.0,
						117.0,
						22.0
					],
					"text": "s granulate-out"
				}
			},
			{
				"box": {
					"id": "obj-273",
					"maxclass": "comment",
					"numinlets": 1,
					"numoutlets": 0,
					"patching_rect": [
						150,
						6760.0,
						200,
						20
					],
					"presentation": 1,
					"presentation_rect": [
						734.0,
						478.0,
						200,
						20
					],
					"text": "a line across the map"
				}
			},
			{
				"box": {
					"id": "obj-274",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 1,
					"outlettype": [
						""
					],
					"patching_rect": [
						1000,
						20,
						117.0,
						22.0
					],
					"text": "udpreceive 9001"
				}
			},
			{
				"box": {
					"id": "obj-275",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 15,
					"outlettype": [
						"",
						"",
						"",
						"",
						"",
						"",
						"",
						"",
						"",
						"",
						"",
						"",
						"",
						"",
						""
					],
					"patching_rect": [
						1000,
						70,
						2322.0,
						22.0
					],
					"text": "route /granulate/path/kind /granulate/path/step /granulate/path/radius /granulate/path/neighbours /granulate/path/temperature /granulate/path/momentum /granulate/path/continuity /granulate/path/rest /granulate/path/floor /granulate/path/seconds /granulate/path/dwell /granulate/path/speed /granulate/path/pull /granulate/path/loop"
				}
			},
			{
				"box": {
					"id": "obj-276",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 21,
					"outlettype": [
						"",
						"",
						"",
						"",
						"",
						"",
						"",
						"",
						"",
						"",
						"",
						"",
						"",
						"",
						"",
						"",
						"",
						"",
						"",
						"",
						""
					],
					"patching_rect": [
						1000,
						110,
						3680.0,
						22.0
					],
					"text": "route /granulate/grain/kind /granulate/grain/density /granulate/grain/repeat /granulate/grain/length /granulate/grain/transpose /granulate/grain/gain /granulate/grain/pan /granulate/grain/scatter /granulate/grain/length_jitter /granulate/grain/start_jitter /granulate/grain/transpose_jitter /granulate/grain/gain_jitter /granulate/grain/pan_jitter /granulate/grain/backwards /granulate/grain/overlap /granulate/grain/shortest /granulate/grain/longest /granulate/grain/curve /granulate/grain/lengthen /granulate/grain/quieter"
				}
			},
			{
				"box": {
					"id": "obj-277",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 8,
					"outlettype": [
						"",
						"",
						"",
						"",
						"",
						"",
						"",
						""
					],
					"patching_rect": [
						1000,
						150,
						1356.0,
						22.0
					],
					"text": "route /granulate/envelope/kind /granulate/envelope/taper /granulate/envelope/attack /granulate/envelope/release /granulate/envelope/decay /granulate/envelope/width /granulate/envelope/reversed"
				}
			},
			{
				"box": {
					"id": "obj-278",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 2,
					"outlettype": [
						"",
						""
					],
					"patching_rect": [
						1000,
						190,
						208.0,
						22.0
					],
					"text": "route /granulate/master/gain"
				}
			},
			{
				"box": {
					"id": "obj-279",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 2,
					"outlettype": [
						"",
						""
					],
					"patching_rect": [
						1000,
						230,
						166.0,
						22.0
					],
					"text": "route /granulate/error"
				}
			},
			{
				"box": {
					"id": "obj-280",
					"maxclass": "newobj",
					"numinlets": 1,
					"numoutlets": 4,
					"outlettype": [
						"",
						"",
						"",
						""
					],
					"patching_rect": [
						1000,
						270,
						614.0,
						22.0
					],
					"text": "route /granulate/feedback/position /granulate/feedback/level /granulate/feedback/grain"
				}
			}
		],
		"lines": [
			{
				"patchline": {
					"destination": [
						"obj-3",
						0
					],
					"source": [
						"obj-2",
						1
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-4",
						0
					],
					"source": [
						"obj-3",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-2",
						0
					],
					"source": [
						"obj-5",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-7",
						0
					],
					"source": [
						"obj-6",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-8",
						0
					],
					"source": [
						"obj-7",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-6",
						0
					],
					"source": [
						"obj-9",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-11",
						0
					],
					"source": [
						"obj-10",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-12",
						0
					],
					"source": [
						"obj-11",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-10",
						0
					],
					"source": [
						"obj-13",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-15",
						0
					],
					"source": [
						"obj-14",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-16",
						0
					],
					"source": [
						"obj-15",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-17",
						0
					],
					"source": [
						"obj-16",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-19",
						0
					],
					"source": [
						"obj-18",
						1
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-14",
						0
					],
					"source": [
						"obj-19",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-21",
						0
					],
					"source": [
						"obj-20",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-22",
						0
					],
					"source": [
						"obj-21",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-24",
						0
					],
					"source": [
						"obj-23",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-25",
						0
					],
					"source": [
						"obj-24",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-23",
						0
					],
					"source": [
						"obj-26",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-28",
						0
					],
					"source": [
						"obj-27",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-29",
						0
					],
					"source": [
						"obj-28",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-27",
						0
					],
					"source": [
						"obj-30",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-32",
						0
					],
					"source": [
						"obj-31",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-33",
						0
					],
					"source": [
						"obj-32",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-31",
						0
					],
					"source": [
						"obj-34",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-36",
						0
					],
					"source": [
						"obj-35",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-37",
						0
					],
					"source": [
						"obj-36",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-38",
						0
					],
					"source": [
						"obj-37",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-35",
						0
					],
					"source": [
						"obj-39",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-41",
						0
					],
					"source": [
						"obj-40",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-42",
						0
					],
					"source": [
						"obj-41",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-44",
						0
					],
					"source": [
						"obj-43",
						1
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-40",
						0
					],
					"source": [
						"obj-44",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-46",
						0
					],
					"source": [
						"obj-45",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-47",
						0
					],
					"source": [
						"obj-46",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-49",
						0
					],
					"source": [
						"obj-48",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-50",
						0
					],
					"source": [
						"obj-49",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-48",
						0
					],
					"source": [
						"obj-51",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-53",
						0
					],
					"source": [
						"obj-52",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-54",
						0
					],
					"source": [
						"obj-53",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-55",
						0
					],
					"source": [
						"obj-54",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-52",
						0
					],
					"source": [
						"obj-56",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-58",
						0
					],
					"source": [
						"obj-57",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-59",
						0
					],
					"source": [
						"obj-58",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-57",
						0
					],
					"source": [
						"obj-60",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-62",
						0
					],
					"source": [
						"obj-61",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-63",
						0
					],
					"source": [
						"obj-62",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-61",
						0
					],
					"source": [
						"obj-64",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-67",
						0
					],
					"source": [
						"obj-65",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-68",
						0
					],
					"source": [
						"obj-67",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-65",
						0
					],
					"source": [
						"obj-69",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-72",
						0
					],
					"source": [
						"obj-71",
						1
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-73",
						0
					],
					"source": [
						"obj-72",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-71",
						0
					],
					"source": [
						"obj-74",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-76",
						0
					],
					"source": [
						"obj-75",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-77",
						0
					],
					"source": [
						"obj-76",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-75",
						0
					],
					"source": [
						"obj-78",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-80",
						0
					],
					"source": [
						"obj-79",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-81",
						0
					],
					"source": [
						"obj-80",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-82",
						0
					],
					"source": [
						"obj-81",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-79",
						0
					],
					"source": [
						"obj-83",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-85",
						0
					],
					"source": [
						"obj-84",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-86",
						0
					],
					"source": [
						"obj-85",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-87",
						0
					],
					"source": [
						"obj-86",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-88",
						0
					],
					"source": [
						"obj-89",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-91",
						0
					],
					"source": [
						"obj-90",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-92",
						0
					],
					"source": [
						"obj-91",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-90",
						0
					],
					"source": [
						"obj-93",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-95",
						0
					],
					"source": [
						"obj-94",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-96",
						0
					],
					"source": [
						"obj-95",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-94",
						0
					],
					"source": [
						"obj-97",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-99",
						0
					],
					"source": [
						"obj-98",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-100",
						0
					],
					"source": [
						"obj-99",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-98",
						0
					],
					"source": [
						"obj-101",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-103",
						0
					],
					"source": [
						"obj-102",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-104",
						0
					],
					"source": [
						"obj-103",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-102",
						0
					],
					"source": [
						"obj-105",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-107",
						0
					],
					"source": [
						"obj-106",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-108",
						0
					],
					"source": [
						"obj-107",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-106",
						0
					],
					"source": [
						"obj-109",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-111",
						0
					],
					"source": [
						"obj-110",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-112",
						0
					],
					"source": [
						"obj-111",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-113",
						0
					],
					"source": [
						"obj-112",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-114",
						0
					],
					"source": [
						"obj-115",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-117",
						0
					],
					"source": [
						"obj-116",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-118",
						0
					],
					"source": [
						"obj-117",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-116",
						0
					],
					"source": [
						"obj-119",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-121",
						0
					],
					"source": [
						"obj-120",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-122",
						0
					],
					"source": [
						"obj-121",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-120",
						0
					],
					"source": [
						"obj-123",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-125",
						0
					],
					"source": [
						"obj-124",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-126",
						0
					],
					"source": [
						"obj-125",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-124",
						0
					],
					"source": [
						"obj-127",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-129",
						0
					],
					"source": [
						"obj-128",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-130",
						0
					],
					"source": [
						"obj-129",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-128",
						0
					],
					"source": [
						"obj-131",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-133",
						0
					],
					"source": [
						"obj-132",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-134",
						0
					],
					"source": [
						"obj-133",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-135",
						0
					],
					"source": [
						"obj-134",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-136",
						0
					],
					"source": [
						"obj-137",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-139",
						0
					],
					"source": [
						"obj-138",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-140",
						0
					],
					"source": [
						"obj-139",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-141",
						0
					],
					"source": [
						"obj-140",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-142",
						0
					],
					"source": [
						"obj-143",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-145",
						0
					],
					"source": [
						"obj-144",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-146",
						0
					],
					"source": [
						"obj-145",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-147",
						0
					],
					"source": [
						"obj-146",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-148",
						0
					],
					"source": [
						"obj-149",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-151",
						0
					],
					"source": [
						"obj-150",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-152",
						0
					],
					"source": [
						"obj-151",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-150",
						0
					],
					"source": [
						"obj-153",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-155",
						0
					],
					"source": [
						"obj-154",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-156",
						0
					],
					"source": [
						"obj-155",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-154",
						0
					],
					"source": [
						"obj-157",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-159",
						0
					],
					"source": [
						"obj-158",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-160",
						0
					],
					"source": [
						"obj-159",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-158",
						0
					],
					"source": [
						"obj-161",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-164",
						0
					],
					"source": [
						"obj-163",
						1
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-165",
						0
					],
					"source": [
						"obj-164",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-163",
						0
					],
					"source": [
						"obj-166",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-168",
						0
					],
					"source": [
						"obj-167",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-169",
						0
					],
					"source": [
						"obj-168",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-167",
						0
					],
					"source": [
						"obj-170",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-172",
						0
					],
					"source": [
						"obj-171",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-173",
						0
					],
					"source": [
						"obj-172",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-171",
						0
					],
					"source": [
						"obj-174",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-176",
						0
					],
					"source": [
						"obj-175",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-177",
						0
					],
					"source": [
						"obj-176",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-175",
						0
					],
					"source": [
						"obj-178",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-180",
						0
					],
					"source": [
						"obj-179",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-181",
						0
					],
					"source": [
						"obj-180",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-179",
						0
					],
					"source": [
						"obj-182",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-184",
						0
					],
					"source": [
						"obj-183",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-185",
						0
					],
					"source": [
						"obj-184",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-183",
						0
					],
					"source": [
						"obj-186",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-189",
						0
					],
					"source": [
						"obj-187",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-190",
						0
					],
					"source": [
						"obj-189",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-187",
						0
					],
					"source": [
						"obj-191",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-194",
						0
					],
					"source": [
						"obj-193",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-195",
						0
					],
					"source": [
						"obj-194",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-193",
						0
					],
					"source": [
						"obj-196",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-199",
						0
					],
					"source": [
						"obj-200",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-202",
						0
					],
					"source": [
						"obj-203",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-204",
						0
					],
					"source": [
						"obj-202",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-199",
						0
					],
					"source": [
						"obj-204",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-206",
						0
					],
					"source": [
						"obj-205",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-208",
						0
					],
					"source": [
						"obj-206",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-209",
						0
					],
					"source": [
						"obj-208",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-199",
						0
					],
					"source": [
						"obj-209",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-210",
						0
					],
					"source": [
						"obj-206",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-211",
						0
					],
					"source": [
						"obj-210",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-199",
						0
					],
					"source": [
						"obj-211",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-213",
						0
					],
					"source": [
						"obj-214",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-217",
						0
					],
					"source": [
						"obj-216",
						1
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-218",
						0
					],
					"source": [
						"obj-217",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-219",
						0
					],
					"source": [
						"obj-218",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-217",
						1
					],
					"source": [
						"obj-221",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-227",
						0
					],
					"source": [
						"obj-225",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-226",
						0
					],
					"source": [
						"obj-227",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-228",
						0
					],
					"source": [
						"obj-225",
						1
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-226",
						1
					],
					"source": [
						"obj-228",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-229",
						0
					],
					"source": [
						"obj-226",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-230",
						0
					],
					"source": [
						"obj-229",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-233",
						0
					],
					"source": [
						"obj-232",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-231",
						0
					],
					"source": [
						"obj-233",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-234",
						0
					],
					"source": [
						"obj-232",
						1
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-231",
						1
					],
					"source": [
						"obj-234",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-238",
						0
					],
					"source": [
						"obj-237",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-239",
						0
					],
					"source": [
						"obj-238",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-241",
						0
					],
					"source": [
						"obj-240",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-242",
						0
					],
					"source": [
						"obj-241",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-244",
						0
					],
					"source": [
						"obj-243",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-245",
						0
					],
					"source": [
						"obj-244",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-248",
						0
					],
					"source": [
						"obj-246",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-249",
						0
					],
					"source": [
						"obj-248",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-251",
						0
					],
					"source": [
						"obj-250",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-252",
						0
					],
					"source": [
						"obj-251",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-253",
						0
					],
					"source": [
						"obj-252",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-254",
						0
					],
					"source": [
						"obj-253",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-255",
						0
					],
					"source": [
						"obj-257",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-255",
						1
					],
					"source": [
						"obj-259",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-255",
						2
					],
					"source": [
						"obj-261",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-255",
						3
					],
					"source": [
						"obj-263",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-255",
						0
					],
					"source": [
						"obj-264",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-265",
						0
					],
					"source": [
						"obj-255",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-266",
						0
					],
					"source": [
						"obj-265",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-268",
						0
					],
					"source": [
						"obj-269",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-271",
						0
					],
					"source": [
						"obj-270",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-272",
						0
					],
					"source": [
						"obj-271",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-275",
						0
					],
					"source": [
						"obj-274",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-5",
						0
					],
					"source": [
						"obj-275",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-9",
						0
					],
					"source": [
						"obj-275",
						1
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-13",
						0
					],
					"source": [
						"obj-275",
						2
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-18",
						0
					],
					"source": [
						"obj-275",
						3
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-26",
						0
					],
					"source": [
						"obj-275",
						4
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-30",
						0
					],
					"source": [
						"obj-275",
						5
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-34",
						0
					],
					"source": [
						"obj-275",
						6
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-39",
						0
					],
					"source": [
						"obj-275",
						7
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-43",
						0
					],
					"source": [
						"obj-275",
						8
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-51",
						0
					],
					"source": [
						"obj-275",
						9
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-56",
						0
					],
					"source": [
						"obj-275",
						10
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-60",
						0
					],
					"source": [
						"obj-275",
						11
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-64",
						0
					],
					"source": [
						"obj-275",
						12
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-69",
						0
					],
					"source": [
						"obj-275",
						13
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-276",
						0
					],
					"source": [
						"obj-274",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-74",
						0
					],
					"source": [
						"obj-276",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-78",
						0
					],
					"source": [
						"obj-276",
						1
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-83",
						0
					],
					"source": [
						"obj-276",
						2
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-89",
						0
					],
					"source": [
						"obj-276",
						3
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-93",
						0
					],
					"source": [
						"obj-276",
						4
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-97",
						0
					],
					"source": [
						"obj-276",
						5
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-101",
						0
					],
					"source": [
						"obj-276",
						6
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-105",
						0
					],
					"source": [
						"obj-276",
						7
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-109",
						0
					],
					"source": [
						"obj-276",
						8
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-115",
						0
					],
					"source": [
						"obj-276",
						9
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-119",
						0
					],
					"source": [
						"obj-276",
						10
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-123",
						0
					],
					"source": [
						"obj-276",
						11
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-127",
						0
					],
					"source": [
						"obj-276",
						12
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-131",
						0
					],
					"source": [
						"obj-276",
						13
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-137",
						0
					],
					"source": [
						"obj-276",
						14
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-143",
						0
					],
					"source": [
						"obj-276",
						15
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-149",
						0
					],
					"source": [
						"obj-276",
						16
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-153",
						0
					],
					"source": [
						"obj-276",
						17
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-157",
						0
					],
					"source": [
						"obj-276",
						18
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-161",
						0
					],
					"source": [
						"obj-276",
						19
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-277",
						0
					],
					"source": [
						"obj-274",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-166",
						0
					],
					"source": [
						"obj-277",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-170",
						0
					],
					"source": [
						"obj-277",
						1
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-174",
						0
					],
					"source": [
						"obj-277",
						2
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-178",
						0
					],
					"source": [
						"obj-277",
						3
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-182",
						0
					],
					"source": [
						"obj-277",
						4
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-186",
						0
					],
					"source": [
						"obj-277",
						5
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-191",
						0
					],
					"source": [
						"obj-277",
						6
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-278",
						0
					],
					"source": [
						"obj-274",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-196",
						0
					],
					"source": [
						"obj-278",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-279",
						0
					],
					"source": [
						"obj-274",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-214",
						0
					],
					"source": [
						"obj-279",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-280",
						0
					],
					"source": [
						"obj-274",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-232",
						0
					],
					"source": [
						"obj-280",
						0
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-235",
						0
					],
					"source": [
						"obj-280",
						1
					]
				}
			},
			{
				"patchline": {
					"destination": [
						"obj-269",
						0
					],
					"source": [
						"obj-280",
						2
					]
				}
			}
		],
		"parameters": {
			"obj-6": [
				"path/step",
				"step",
				0
			],
			"obj-10": [
				"path/radius",
				"radius",
				0
			],
			"obj-14": [
				"path/neighbours",
				"neighbours",
				0
			],
			"obj-23": [
				"path/temperature",
				"temperature",
				0
			],
			"obj-27": [
				"path/momentum",
				"momentum",
				0
			],
			"obj-31": [
				"path/continuity",
				"continuity",
				0
			],
			"obj-35": [
				"path/rest",
				"rest",
				0
			],
			"obj-40": [
				"path/floor",
				"floor",
				0
			],
			"obj-48": [
				"path/seconds",
				"seconds",
				0
			],
			"obj-52": [
				"path/dwell",
				"dwell",
				0
			],
			"obj-57": [
				"path/speed",
				"speed",
				0
			],
			"obj-61": [
				"path/pull",
				"pull",
				0
			],
			"obj-75": [
				"grain/density",
				"density",
				0
			],
			"obj-79": [
				"grain/repeat",
				"repeat",
				0
			],
			"obj-84": [
				"grain/length",
				"length",
				0
			],
			"obj-90": [
				"grain/transpose",
				"transpose",
				0
			],
			"obj-94": [
				"grain/gain",
				"gain",
				0
			],
			"obj-98": [
				"grain/pan",
				"pan",
				0
			],
			"obj-102": [
				"grain/scatter",
				"scatter",
				0
			],
			"obj-106": [
				"grain/length_jitter",
				"length jitter",
				0
			],
			"obj-110": [
				"grain/start_jitter",
				"start jitter",
				0
			],
			"obj-116": [
				"grain/transpose_jitter",
				"transpose jitter",
				0
			],
			"obj-120": [
				"grain/gain_jitter",
				"gain jitter",
				0
			],
			"obj-124": [
				"grain/pan_jitter",
				"pan jitter",
				0
			],
			"obj-128": [
				"grain/backwards",
				"backwards",
				0
			],
			"obj-132": [
				"grain/overlap",
				"overlap",
				0
			],
			"obj-138": [
				"grain/shortest",
				"shortest",
				0
			],
			"obj-144": [
				"grain/longest",
				"longest",
				0
			],
			"obj-150": [
				"grain/curve",
				"curve",
				0
			],
			"obj-154": [
				"grain/lengthen",
				"lengthen",
				0
			],
			"obj-158": [
				"grain/quieter",
				"quieter",
				0
			],
			"obj-167": [
				"envelope/taper",
				"taper",
				0
			],
			"obj-171": [
				"envelope/attack",
				"attack",
				0
			],
			"obj-175": [
				"envelope/release",
				"release",
				0
			],
			"obj-179": [
				"envelope/decay",
				"decay",
				0
			],
			"obj-183": [
				"envelope/width",
				"width",
				0
			],
			"obj-193": [
				"master/gain",
				"gain",
				0
			],
			"parameterbanks": {}
		},
		"dependency_cache": [],
		"autosave": 0
	}
}
