"""The one list of tracking parameters, which are removed from canonical URLs. Pure.

courlan, a dependency of trafilatura, is not used. It is made for crawlers that may lose a page: its ``clean_url``
removes ``?gallery=7``, ``?gameid=7``, ``?reference=7`` and ``?session=7`` as tracking, drops empty values, and takes
0.2 s to import (1.4.0). Here a URL identifies an article, so two pages with one canonical URL would overwrite each
other. Its list was a source for the names below.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

#: Tracking parameters: where a reader came from, never which page. Sources: courlan 1.4, ClearURLs, Firefox's query
#: stripping.
_TRACKING = re.compile(
    r"""(?:utm|at|mtm|piwik|hsa|oly|guce|trk|sfmc|bsft|stm|itm|ga|gs|gad|gaa)_\w+
    | pk_(?:campaign|kwd|keyword|source|medium|content|cid|vid)
    | fbclid | fb_(?:action_ids|action_types|source|ref) | fbc_id | mibextid | __cft__.* | __tn__
    | _ga | _gac | _gl | gclid | gclsrc | dclid | gbraid | wbraid | srsltid
    | msclkid | twclid | ttclid | ysclid | yclid | rdt_cid | sc_?cid | li_fat_id | epik | irclickid | irgwc | igshid? | igsh
    | __twitter_impression | ref_ | ref_src | ref_url | ref_source | referr?er
    | mc_(?:cid|eid|tc) | mkt_tok | ml_subscriber(?:_hash)? | vero_(?:id|conv) | _hsenc | _hsmi | __hs\w+ | hsctatracking
    | _kx | _ke | _bhlid | __s | dm_i | ef_id | elqtrack\w* | emci | emdi | ceid | _branch_match_id | _bta_\w+
    | omnisendcontactid | mindbox-click-id | rb_clickid | wickedid
    | ss_(?:email_id|campaign_id|campaign_name|campaign_sent_date|source)
    | s_cid | s_kwcid | ncid | cmpid | cmp | icid | ocid | xtor | wt[._](?:mc|nav|tsrc|zmc)\w*
    | ns_(?:mchannel|source|campaign|linkname|fee) | share_id | sharetype | smid | smtyp | soc_(?:src|trk)
    | ito | _openstat | guccounter""",
    re.VERBOSE | re.IGNORECASE,
)
#: Blogs append the site that a reader came from. ``ref=`` with a number may be a record's id, so it stays.
_REFERRER = re.compile(r"ref=(?!\d+$).*", re.IGNORECASE)
#: Short names that mean tracking on these sites only.
_TRACKING_AT = {
    "youtube.com": {"si", "feature", "pp", "ab_channel", "embeds_referring_euri", "source_ve_path"},
    "youtu.be": {"si", "feature", "pp"},
    "open.spotify.com": {"si", "nd", "dlsi"},
}


def is_tracking(pair: str, site: str) -> bool:
    """True if a parameter, as ``name=value``, is for tracking on this site (a host without "www.")."""
    name = unquote(pair.partition("=")[0])
    return bool(_TRACKING.fullmatch(name) or _REFERRER.fullmatch(pair)) or name in _TRACKING_AT.get(site, ())
