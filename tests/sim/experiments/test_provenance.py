from sim.experiments import provenance


def test_prose_does_not_change_what_the_code_is():
    code = '"""Old words."""\n\n# why\nx = 1\n\n\ndef f():\n    """Words\n    more words."""\n    return "text"\n'
    reworded = '"""New words, of\ntwo lines."""\nx = 1\ndef f():\n    """Other words."""\n    # because\n    return "text"\n'
    assert provenance._code(code) == provenance._code(reworded)
    assert provenance._code(code) != provenance._code(code.replace("text", "other"))


def test_versions_and_machine_are_told():
    assert provenance.versions()["numpy"]
    assert provenance.machine()["cores"] >= 1
    assert len(provenance.model_sha256()) == 64
