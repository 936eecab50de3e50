// SPDX-License-Identifier: GPL-2.0-only
// Zooms and moves the picture, and shows the words of the bar or mark that is chosen.
// A thing is a bar or a mark.
"use strict";
(function () {
	const view = document.getElementById("view");
	const chart = document.getElementById("chart");
	const details = document.getElementById("details");
	const range = document.getElementById("range");
	const whole = [+chart.dataset.a, +chart.dataset.b];
	const left = +chart.dataset.left, right = +chart.dataset.right;
	const wide = right - left;
	let [from, to] = whole;
	let chosen = null;

	// Each lane is an array of its things, in the order of time.
	const lanes = [...chart.querySelectorAll("g[role=group]")].map((group) =>
		[...group.querySelectorAll(".i")].map((node) => ({
			node, bar: node.tagName === "rect", kind: node.classList.item(1) +
				node.classList.item(2),
			a: +node.dataset.a, b: +(node.dataset.b || node.dataset.a),
			y: node.dataset.y, words: node.querySelector("title").textContent,
		})).sort((one, two) => one.a - two.a)).filter((lane) => lane.length);
	const things = new Map();
	lanes.forEach((lane, number) => lane.forEach((thing) => {
		thing.lane = number;
		things.set(thing.node, thing);
	}));

	const place = (time) => left + (time - from) * wide / (to - from);

	function words(time) {
		if (Math.abs(time) >= 1e6)
			return +(time / 1e6).toFixed(6) + " s";
		if (Math.abs(time) >= 1e3)
			return +(time / 1e3).toFixed(3) + " ms";
		return +time.toFixed(1) + " us";
	}

	function put(thing, last) {
		const a = Math.max(place(thing.a), left);
		const b = Math.min(place(thing.b), right);
		const seen = thing.b >= from && thing.a <= to &&
			(thing === chosen || !(b - last[thing.kind] < 0.5));
		thing.node.style.display = seen ? "" : "none";
		if (!seen)
			return;
		last[thing.kind] = b;
		if (thing.bar) {
			thing.node.setAttribute("x", a);
			thing.node.setAttribute("width", Math.max(b - a, 1));
		} else {
			thing.node.setAttribute("transform",
				`translate(${place(thing.a)} ${thing.y})`);
		}
	}

	function axis() {
		const group = document.getElementById("axis");
		let size = 0.1;
		while (size * 10 <= (to - from) / 8)
			size *= 10;
		size *= [1, 2, 5, 10].find((by) => size * by >= (to - from) / 8);
		group.replaceChildren();
		for (let n = Math.ceil(from / size); n * size <= to; n++) {
			const x = place(n * size);
			const line = document.createElementNS(chart.namespaceURI, "path");
			const text = document.createElementNS(chart.namespaceURI, "text");
			line.setAttribute("class", "axis");
			line.setAttribute("d", `M${x} ${chart.dataset.top - 4}V${chart.dataset.bottom}`);
			text.setAttribute("class", "tick");
			text.setAttribute("x", x);
			text.setAttribute("y", chart.dataset.top - 8);
			text.textContent = words(n * size);
			group.append(line, text);
		}
	}

	// Draw once in a frame, however many events ask for it.
	let asked = false;
	function draw() {
		if (asked)
			return;
		asked = true;
		requestAnimationFrame(() => {
			asked = false;
			lanes.forEach((lane) => {
				const last = {};
				lane.forEach((thing) => put(thing, last));
			});
			axis();
			range.textContent = `${words(from)} to ${words(to)} (${words(to - from)})`;
			view.dataset.from = from;
			view.dataset.to = to;
		});
	}

	function show(a, b) {
		const least = Math.min(2, whole[1] - whole[0]);
		const span = Math.min(Math.max(b - a, least), whole[1] - whole[0]);
		a = Math.min(Math.max((a + b - span) / 2, whole[0]), whole[1] - span);
		[from, to] = [a, a + span];
		draw();
	}

	// Zoom around a time: it stays at its place.
	function zoom(by, time = (from + to) / 2) {
		show(time - (time - from) * by, time + (to - time) * by);
	}

	const move = (by) => show(from + (to - from) * by, to + (to - from) * by);
	const all = () => show(...whole);

	function timeAt(event) {
		const box = chart.getBoundingClientRect();
		const x = (event.clientX - box.left) * chart.viewBox.baseVal.width / box.width;
		return from + (Math.min(Math.max(x, left), right) - left) * (to - from) / wide;
	}

	function tell(thing) {
		details.textContent = thing.words;
	}

	function choose(thing) {
		if (chosen)
			chosen.node.classList.remove("chosen");
		chosen = thing;
		thing.node.classList.add("chosen");
		tell(thing);
		if (thing.b < from || thing.a > to)
			show(thing.a - (to - from) / 2, thing.a + (to - from) / 2);
		else
			draw();
	}

	function next(by) {
		if (!lanes.length)
			return;
		if (!chosen) {
			choose(lanes[0].find((thing) => thing.b >= from) || lanes[0][0]);
			return;
		}
		const lane = lanes[chosen.lane];
		choose(lane[Math.min(Math.max(lane.indexOf(chosen) + by, 0), lane.length - 1)]);
	}

	// Choose what is nearest in time in another lane.
	function other(by) {
		const lane = chosen && lanes[chosen.lane + by];
		if (!chosen)
			next(0);
		else if (lane)
			choose(lane.reduce((best, thing) =>
				Math.abs(thing.a - chosen.a) < Math.abs(best.a - chosen.a) ? thing : best));
	}

	function close() {
		if (chosen) {
			const span = Math.max(chosen.b - chosen.a, 10);
			show(chosen.a - span, chosen.b + span);
		}
	}

	const keys = {
		"+": () => zoom(0.5), "=": () => zoom(0.5), "-": () => zoom(2), "0": all,
		Home: all, PageUp: () => move(-0.5), PageDown: () => move(0.5),
		ArrowRight: () => next(1), ArrowLeft: () => next(-1),
		ArrowDown: () => other(1), ArrowUp: () => other(-1), Enter: close,
	};
	view.addEventListener("keydown", (event) => {
		if (keys[event.key] && !event.ctrlKey && !event.altKey && !event.metaKey) {
			keys[event.key]();
			event.preventDefault();
		}
	});
	view.addEventListener("wheel", (event) => {
		zoom(event.deltaY < 0 ? 0.8 : 1.25, timeAt(event));
		event.preventDefault();
	}, { passive: false });
	view.addEventListener("mouseover", (event) => {
		const thing = things.get(event.target);
		if (thing)
			tell(thing);
	});
	view.addEventListener("click", (event) => {
		const thing = things.get(event.target);
		if (thing)
			choose(thing);
	});
	let held = null;
	view.addEventListener("pointerdown", (event) => {
		held = { time: timeAt(event) };
	});
	window.addEventListener("pointermove", (event) => {
		if (held) {
			const by = held.time - timeAt(event);
			if (by)
				show(from + by, to + by);
		}
	});
	window.addEventListener("pointerup", () => {
		held = null;
	});
	for (const [id, act] of [["in", () => zoom(0.5)], ["out", () => zoom(2)], ["all", all],
		["left", () => move(-0.5)], ["right", () => move(0.5)]])
		document.getElementById(id).addEventListener("click", act);
	all();
})();
