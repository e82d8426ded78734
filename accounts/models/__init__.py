from accounts.models.api_key import ApiKey
from accounts.models.entry_link import EntryLink
from accounts.models.membership import Membership
from accounts.models.sign_in_try import SignInTry
from accounts.models.team import Team
from accounts.models.user import User

__all__ = ["ApiKey", "EntryLink", "Membership", "SignInTry", "Team", "User"]
