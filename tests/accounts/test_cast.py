def test_the_cast_comes_to_the_door(cast, client_for):
    assert cast.loan.parties.count() == 2
    assert cast.cole.mail_address == cast.bea.mail_address == "bea@example.com"
    client = client_for(cast.olga)
    assert client.session["account_authentication_methods"][-1]["method"] == "mfa"
    assert "sessionid" in client.cookies
