import pytest

from playground.errors import InvalidInput
from playground.outcomes.arms import Arm, all_arms, parse_arms


def test_two_models_make_four_arms_each_with_and_without_a_steer():
    assert [str(arm) for arm in all_arms(2, steered=False)] == ["A", "B", "A-B", "B-A"]
    written = "A A+steer B B+steer A-B A-B+steer B-A B-A+steer"
    assert " ".join(str(arm) for arm in all_arms(2, steered=True)) == written
    assert all(Arm.parse(str(arm)) == arm for arm in all_arms(2, steered=True))


def test_one_model_makes_one_arm():
    assert all_arms(1, steered=True) == (Arm((0,)), Arm((0,), steered=True))


def test_chosen_arms_keep_their_order_and_stand_once():
    assert [str(arm) for arm in parse_arms(["B-A", "A", "A"], 2, steered=False)] == ["A", "B-A"]
    assert parse_arms([], 2, steered=False) == all_arms(2, steered=False)


@pytest.mark.parametrize("text", ["", "C", "A-A", "A-B-A", "a", "A+", "A-B +steer", "A\n-B"])
def test_what_is_no_arm_is_refused(text):
    with pytest.raises(InvalidInput, match="is not an arm"):
        Arm.parse(text)


def test_an_arm_that_cannot_be_is_refused_with_the_reason():
    with pytest.raises(InvalidInput, match="needs a steer"):
        parse_arms(["A+steer"], 2, steered=False)
    with pytest.raises(InvalidInput, match="needs a second model"):
        parse_arms(["A-B"], 1, steered=False)
