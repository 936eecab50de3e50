# SPDX-License-Identifier: GPL-2.0-only
# For sphinx: the reference of winpar's interface, made by tests/doc-html.sh.
import os

project = 'winpar'
author = 'The winpar developers'
version = os.environ.get('WINPAR_VERSION', '')
release = version
highlight_language = 'c'
html_theme = 'alabaster'
html_title = f'winpar {version}'
html_show_copyright = False
html_show_sourcelink = False
html_theme_options = {
    'description': "The interface of Windows' parallel port driver",
    'fixed_sidebar': True,
    'page_width': '60em',
}
# The words that compilers see and readers need not.
c_id_attributes = ['__must_check', '__always_inline']
