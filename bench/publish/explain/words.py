"""What is said of each label, and what to try first: one line a rule.

A text follows "At elbow_flex" or stands behind a place in time. In braces stand the numbers of the
label, shown with their units; two words behind a colon say what a positive and a negative number
mean: `{lag:late/early}` is "0.12 s late".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """What is said of a label.

    Attributes:
        what: what the label shows, with its numbers.
        first: what to try first, of `FIRST`.
        size: the number that says how large it is, and to which side; empty of labels that are
            there or not.
    """

    what: str
    first: str
    size: str = ""


FIRST: Mapping[str, str] = {
    "zero": (
        "Mend the reconstruction: the zero of the joint, or what the arm carries there. An offset "
        "that changes with the posture is gravity."
    ),
    "delay": (
        "Mend the reconstruction: the delay between command and motion, then gain and damping, "
        "which also make a joint late."
    ),
    "friction": (
        "Mend the reconstruction: friction of the joint, and backlash. Its ratio to the gain is "
        "what motion shows."
    ),
    "inertia": "Mend the reconstruction: armature and link inertia, then damping.",
    "gravity": (
        "Mend the reconstruction: masses and centres of mass, the gain that bears them, and what "
        "the arm carries."
    ),
    "scale": "Mend the reconstruction: the scale of the joint's encoder or command.",
    "speed": (
        "Mend the reconstruction: delay, damping and friction together. A motion at several speeds "
        "in the calibration set would tell them apart."
    ),
    "posture": (
        "Mend the reconstruction: gravity and scale together. Postures far apart in the "
        "calibration set would tell them apart."
    ),
    "contact": (
        "Look at contact parameters and the scene: something may be in the robot's way that the "
        "twin does not have, such as a table, a cable or an end stop."
    ),
    "false_contact": (
        "Look at contact parameters and the scene: the twin may touch what the robot does not, or "
        "have too much friction or too little torque."
    ),
    "damping": "Mend the reconstruction: damping against gain and inertia of the joint.",
    "solver": (
        "Look at the simulation: step, solver and stiff contacts; then damping against the gain."
    ),
    "noise": "Look at how the prediction is made: noise that is added, or too large a step.",
    "drift": (
        "Look at what adds up over time: a joint that creeps, commands that are not those of the "
        "robot, a state that is fed back."
    ),
    "torque": "Mend the reconstruction: limits of torque, speed and position of the joint.",
    "commands": (
        "Look at commands and timing: whether the entry followed the commands of this episode, and "
        "the joint or gripper that makes the event."
    ),
    "gripping": (
        "Look at contact parameters: friction, stiffness and shape of gripper and body; then at "
        "perception: where the twin has the body."
    ),
    "placing": (
        "Look at perception: where the twin has the body at the start; then at contact parameters."
    ),
    "robot": (
        "Look at the recording: a further run of the robot differs in the same way, so this run is "
        "the unusual one, and the twin has nothing to mend for it."
    ),
}
"""What to try first, by name."""

RANGE = (
    "Widen a residual range, or fit its number anew on calibration: estimated on the failing "
    "episodes, it lies outside. Holdout episodes must not set it."
)
"""What to try where a number is outside the range that its twin declares."""

BEHIND: Mapping[str, str] = {
    "delay": "delay",
    "gain": "gravity",
    "damping": "damping",
    "saturation": "torque",
    "friction": "friction",
    "armature": "inertia",
    "link_mass": "gravity",
    "joint_offset": "zero",
    "amplitude": "scale",
    "dead_joint": "commands",
    "vibration": "solver",
    "dropped_commands": "commands",
    "late_gripper": "commands",
    "encoder_noise": "noise",
    "drift": "drift",
    "other_commands": "commands",
    "jam": "contact",
}
"""What to try first of `FIRST`, by the hypothesis that an attribution names."""

WORDS: Mapping[str, Words] = {
    "offset": Words(
        "the predicted angle is {mean_error:larger/smaller} than the robot's", "zero", "mean_error"
    ),
    "lag": Words("the prediction comes {lag:late/early}", "delay", "lag"),
    "friction_like": Words(
        "the error turns with the direction of motion ({size})", "friction", "coefficient"
    ),
    "inertia_like": Words("the error goes with acceleration ({size})", "inertia", "coefficient"),
    "gravity_like": Words(
        "the error goes with the pull of gravity ({size})", "gravity", "coefficient"
    ),
    "gain": Words(
        "the prediction goes {coefficient:of every radian too far/of every radian too short}",
        "scale",
        "coefficient",
    ),
    "speed_related": Words(
        "the error goes with speed and direction; dry friction alone is not told ({size})",
        "speed",
        "size",
    ),
    "posture_related": Words(
        "the error goes with the posture; neither gravity nor a gain alone is told ({size})",
        "posture",
        "size",
    ),
    "stall_missed": Words(
        "the robot stands still though commanded away, and the prediction gets {entry_distance} "
        "beyond it",
        "contact",
    ),
    "stall_false": Words(
        "the prediction stands still though commanded away, and the robot gets "
        "{reference_distance} beyond it",
        "false_contact",
    ),
    "overshoot": Words(
        "the prediction passes its goal by {entry_overshoot}, the robot by {reference_overshoot}",
        "damping",
        "entry_overshoot",
    ),
    "oscillation": Words(
        "the prediction oscillates at {frequency} by {amplitude}", "solver", "amplitude"
    ),
    "noise": Words(
        "the prediction jitters by {deviation}, the robot by {reference_deviation}",
        "noise",
        "deviation",
    ),
    "divergence": Words("the error grows from {begin} to {end}", "drift", "end"),
    "saturation": Words(
        "for {time} the prediction stays at a limit of position or speed that the robot passes",
        "torque",
    ),
    "unstable": Words("the simulator broke, or the prediction is where no robot can be", "solver"),
    "event_missed": Words("an event of the robot does not happen in the prediction", "commands"),
    "event_extra": Words("an event happens in the prediction alone", "commands"),
    "event_shifted": Words("an event comes {shift:late/early}", "commands", "shift"),
    "event_order": Words("two events come in the other order", "commands"),
    "grasp_missed": Words("the robot takes a body, and the prediction does not", "gripping"),
    "object_lost": Words("the prediction loses a body {early} too early", "gripping"),
    "object_displaced": Words("a body ends up {distance} from its place", "placing", "distance"),
}
"""What is said of each label, by the rule's name."""
